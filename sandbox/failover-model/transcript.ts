/** What happened in a history, for people: written as sentences only when somebody asks. */
export class Transcript {
  readonly #elapsedMs: () => number;
  readonly #lines: (readonly [number, () => string])[] = [];

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** Notes what happens now. `say` is called at most once, later: it must not read what changes. */
  note(say: () => string): void {
    this.#lines.push([this.#elapsedMs(), say]);
  }

  /** The last lines, each with its second. */
  tail(lines: number): string {
    return this.#lines
      .slice(-lines)
      .map(([atMs, say]) => `${(atMs / 1000).toFixed(1).padStart(8)} s  ${say()}`)
      .join("\n");
  }
}
