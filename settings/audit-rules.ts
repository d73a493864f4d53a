import { shown } from "./problems";
import type { Rule } from "./rules";

/** What must hold between the keys of the audit. */
export const AUDIT_RULES: readonly Rule[] = [
  {
    reads: ["audit.trail", "audit.trailLogGroup"],
    check: ({ audit: { trail, trailLogGroup } }) => {
      if ((trail === "existing") === (trailLogGroup !== undefined)) return undefined;
      const problem = { what: "audit.trailLogGroup", got: `${shown(trailLogGroup)} with audit.trail ${trail}` };
      return trail === "existing"
        ? {
            ...problem,
            allowed: "with audit.trail existing, the name of the log group that the trail is delivered to",
            do: "name it; a trail without a log group can't be watched",
          }
        : {
            ...problem,
            allowed: "nothing, but with audit.trail existing",
            do: "remove it, or set audit.trail to existing to watch that log group",
          };
    },
  },
];
