import type { Look } from "./look";
import { differenceOf, keyOf, registeredIn } from "./targets";

/**
 * So long must DNS say the same before a target is taken out: a resolver repeats an old answer for the record's time to live,
 * 5 s, a call begins at most 2 s after its look and is in flight for at most 3 s. Two seconds are to spare.
 */
export const AGREEMENT_MS = 12_000;

/** How long every look of this run has seen the same answer. */
export interface Agreement {
  readonly answer: string;
  /** When DNS was asked by the first of those looks. */
  readonly sinceMs: number;
  /** Keys of the targets that have been in the group all that time. */
  readonly residents: ReadonlySet<string>;
}

/**
 * The agreement after one more look. It begins anew when the answer changes, and when a target that is not wanted turns up that was
 * not in the group before: somebody registered it, perhaps on a newer answer than ours, and only more looks can tell.
 */
export function agree(before: Agreement | undefined, look: Look): Agreement {
  const { answer, askedAtMs, listed, wanted } = look;
  const registered = registeredIn(listed).map(keyOf);
  const { stale } = differenceOf(wanted, listed);
  if (before?.answer === answer && stale.every((target) => before.residents.has(keyOf(target)))) {
    return { ...before, residents: new Set(registered.filter((key) => before.residents.has(key))) };
  }
  return { answer, sinceMs: askedAtMs, residents: new Set(registered) };
}
