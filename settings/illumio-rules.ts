import type { Rule } from "./rules";

/** What must hold between the keys of the Illumio side, and between them and the PCE's. */
export const ILLUMIO_RULES: readonly Rule[] = [
  {
    reads: ["pce", "illumio"],
    check: ({ pce, illumio }) =>
      illumio !== undefined && pce === undefined
        ? {
            what: "illumio",
            got: "the Illumio side, without pce",
            allowed: "illumio with pce, or none",
            do: "add pce: its labels, workloads and rules are made there",
          }
        : undefined,
  },
  {
    reads: ["illumio.labels"],
    check: ({ illumio }) =>
      illumio !== undefined && Object.keys(illumio.labels).length === 0
        ? {
            what: "illumio.labels",
            got: "no label",
            allowed: "one or more of role, app, env and loc",
            do: 'say what the database is, for example {"role": "db", "app": "shop", "env": "prod"}',
          }
        : undefined,
  },
  {
    reads: ["illumio.clients"],
    check: ({ illumio }) =>
      illumio !== undefined && illumio.clients === undefined
        ? {
            what: "illumio.clients",
            got: "nothing",
            allowed: "1 to 100 objects of role, app, env and loc",
            do: 'say whom the rules let in, for example [{"role": "web"}]',
          }
        : undefined,
  },
];
