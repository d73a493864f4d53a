/** A value and all that it was before: what a stale cache or a lagging API still answers. */
export class Timeline<T> {
  readonly #values: { readonly sinceMs: number; readonly value: T }[];

  /** The value holds from the beginning of time. */
  constructor(value: T) {
    this.#values = [{ sinceMs: -Infinity, value }];
  }

  /** From now on it is this; time never goes back. */
  set(atMs: number, value: T): void {
    this.#values.push({ sinceMs: atMs, value });
  }

  /** What it was at that moment. */
  at(ms: number): T {
    for (let index = this.#values.length - 1; index > 0; index--) {
      const entry = this.#values[index];
      if (entry !== undefined && entry.sinceMs <= ms) return entry.value;
    }
    const [first] = this.#values;
    if (first === undefined) throw new RangeError("a timeline has at least its first value");
    return first.value;
  }

  /** Every value that held at some moment of this time, both ends included. */
  between(fromMs: number, toMs: number): readonly T[] {
    return this.#values
      .filter(({ sinceMs }, index) => sinceMs <= toMs && (this.#values[index + 1]?.sinceMs ?? Infinity) > fromMs)
      .map(({ value }) => value);
  }

  /** Since when, without a break, a statement about the value has been true; undefined when it is not. */
  trueSince(isTrue: (value: T) => boolean): number | undefined {
    let since: number | undefined;
    for (let index = this.#values.length - 1; index >= 0; index--) {
      const entry = this.#values[index];
      if (entry === undefined || !isTrue(entry.value)) break;
      since = entry.sinceMs;
    }
    return since;
  }
}
