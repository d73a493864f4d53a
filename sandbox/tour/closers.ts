/** What is to be undone at the end, last made first. */
export class Closers {
  readonly #steps: (() => Promise<void> | void)[] = [];

  /** Remembers how to undo `made`, and returns it. */
  keep<T>(made: T, undo: (made: T) => Promise<void> | void): T {
    this.#steps.push(() => undo(made));
    return made;
  }

  /** Undoes everything once, whatever fails on the way; rejects with the first failure when all is done. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
