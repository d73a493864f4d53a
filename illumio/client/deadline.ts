/** How long one may still work. */
export interface Deadline {
  /** Milliseconds left, 0 or less when there are none. */
  remainingMs(): number;
}

/** The deadline so many milliseconds from now. */
export function deadlineIn(ms: number, now: () => number = Date.now): Deadline {
  const endMs = now() + ms;
  return { remainingMs: () => endMs - now() };
}
