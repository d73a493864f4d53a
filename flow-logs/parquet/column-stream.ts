import type { NumberColumn, TextColumn } from "./columns";

/** A column as a stream of rows: pages of different columns end at different rows. */
abstract class ColumnStream<C> {
  readonly #next: () => Promise<C | undefined>;
  #page: C | undefined;
  #used = 0;

  /** `next` gives the column's pages, and undefined after the last. */
  constructor(next: () => Promise<C | undefined>) {
    this.#next = next;
  }

  /** Rows left of the page at hand. */
  get left(): number {
    return this.#page === undefined ? 0 : this.lengthOf(this.#page) - this.#used;
  }

  /** Reads on when the page at hand is used up; nothing is left then at the end of the column only. */
  async fill(): Promise<void> {
    while (this.left === 0) {
      this.#page = await this.#next();
      this.#used = 0;
      if (this.#page === undefined) return;
    }
  }

  /** The next rows; not more than are left. */
  take(count: number): C {
    if (this.#page === undefined || count > this.left) throw new RangeError("a column has not so many rows left");
    const part = this.slice(this.#page, this.#used, this.#used + count);
    this.#used += count;
    return part;
  }

  protected abstract lengthOf(page: C): number;
  protected abstract slice(page: C, from: number, to: number): C;
}

/** A column of whole numbers. */
export class NumberStream extends ColumnStream<NumberColumn> {
  protected override lengthOf({ numbers }: NumberColumn): number {
    return numbers.length;
  }
  protected override slice({ numbers }: NumberColumn, from: number, to: number): NumberColumn {
    return { numbers: numbers.subarray(from, to) };
  }
}

/** A column of texts. */
export class TextStream extends ColumnStream<TextColumn> {
  protected override lengthOf({ places }: TextColumn): number {
    return places.length;
  }
  protected override slice({ dictionary, places }: TextColumn, from: number, to: number): TextColumn {
    return { dictionary, places: places.subarray(from, to) };
  }
}
