/** One thing wrong in a stack file, in the words of whoever wrote the file. */
export interface Problem {
  /** The setting, by its whole key: `rds-sightline:network.zones`. */
  readonly what: string;
  /** What stands there, shortened, and never a secret. */
  readonly got: string;
  /** Which values are accepted. */
  readonly allowed: string;
  /** What to change. */
  readonly do: string;
}

/** Thrown when a stack's settings cannot be deployed: one error that names every problem, so that one edit cures them all. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly Problem[];

  constructor(stack: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super([`${count} in the settings of stack ${stack}:`, ...problems.map(paragraph)].join("\n\n"));
    this.problems = problems;
  }
}

function paragraph(problem: Problem): string {
  return [
    `  ${problem.what}`,
    `    got      ${problem.got}`,
    `    allowed  ${problem.allowed}`,
    `    do       ${problem.do}`,
  ].join("\n");
}

const LONGEST_SHOWN = 120;

/** A value as it may stand in an error: JSON, cut to 120 characters; a certificate only by its length. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string" && value.includes("\n")) return `a text of ${value.length} characters`;
  const text = JSON.stringify(value);
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}...`;
}

/** The known name that `typed` most likely means: at most two edits away (insert, delete, change, swap), else none. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((name) => ({ name, edits: editDistance(typed.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= Math.min(2, Math.floor(best.name.length / 2)) ? best.name : undefined;
}

// optimal string alignment: two swapped neighbours, the commonest slip, count as one edit
function editDistance(one: string, other: string): number {
  const cell = (row: readonly number[] | undefined, column: number) => row?.[column] ?? 0;
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swap = swapped ? cell(rows[i - 2], j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(cell(rows[i - 1], j) + 1, cell(row, j - 1) + 1, cell(rows[i - 1], j - 1) + change, swap));
    }
    rows.push(row);
  }
  return cell(rows[one.length], other.length);
}
