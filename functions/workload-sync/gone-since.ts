// In the workload's own description: it survives every restart, needs no store of its own, and whoever looks at the workload reads it
// format:  <description> [gone since 2026-01-02T03:04:05.000Z]
const MARK = / \[gone since ([^\]]*)\]$/;

/** The description of a workload whose resource is gone, with the time (milliseconds since the epoch) when that was first seen. */
export function markGone(description: string, sinceMs: number): string {
  return `${unmarked(description)} [gone since ${new Date(sinceMs).toISOString()}]`;
}

/** When the resource was first seen to be gone; undefined when it was not, or when somebody has changed the mark into no time. */
export function goneSince(description: string): number | undefined {
  const since = Date.parse(MARK.exec(description)?.[1] ?? "");
  return Number.isNaN(since) ? undefined : since;
}

/** The description without a mark. */
export function unmarked(description: string): string {
  return description.replace(MARK, "");
}
