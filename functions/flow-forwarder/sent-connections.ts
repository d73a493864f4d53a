import { hash } from "node:crypto";

/** Connections that an instance remembers at most; 28 bytes each. */
export const MOST_REMEMBERED = 2 ** 20;
const FIRST_SLOTS = 4_096;

/**
 * Remembers which connections the PCE took lately, so that none is sent again before `resendAfterMs`. Lives as long as the Lambda instance;
 * the PCE keeps what it was sent, and an instance that knows nothing sends everything once more.
 *
 * Bounded: up to a million connections in 30 MB. With more of them, the oldest half is forgotten, and sent again.
 */
export class SentConnections {
  readonly #resendAfterMs: number;
  readonly #now: () => number;
  readonly #maxLines: number;
  /** Half by half: what fills is forgotten as a whole, when it is the older one and the newer is full. */
  #newer = new LineTimes();
  #older = new LineTimes();

  constructor({
    resendAfterMs,
    now,
    maxLines = MOST_REMEMBERED,
  }: {
    readonly resendAfterMs: number;
    readonly now: () => number;
    /** @default 1,048,576 */
    readonly maxLines?: number;
  }) {
    this.#resendAfterMs = resendAfterMs;
    this.#now = now;
    this.#maxLines = maxLines;
  }

  /** Whether the PCE took this line lately. */
  isRecent(line: string): boolean {
    const key = keyOf(line);
    const sentAt = this.#newer.timeOf(key) ?? this.#older.timeOf(key);
    return sentAt !== undefined && this.#now() - sentAt < this.#resendAfterMs;
  }

  /** The PCE took these lines. */
  remember(lines: readonly string[]): void {
    const now = this.#now();
    for (const line of lines) {
      if (this.#newer.size >= this.#maxLines / 2) {
        this.#older = this.#newer;
        this.#newer = new LineTimes();
      }
      this.#newer.set(keyOf(line), now);
    }
  }
}

type Key = readonly [number, number, number, number];

/** 128 bits of SHA-256 for a line: nobody finds two lines with the same, so the lines themselves need not be kept. */
function keyOf(line: string): Key {
  const digest = hash("sha256", line, "buffer");
  return [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)];
}

/** Times by key, in typed arrays: a Map of a million strings would take ten times the memory. */
class LineTimes {
  /** Slot -> number of the entry + 1, 0 when free; between two and four slots an entry. */
  #slots = new Int32Array(FIRST_SLOTS);
  #keys = new Int32Array(2 * FIRST_SLOTS);
  #times = new Float64Array(FIRST_SLOTS / 2);
  size = 0;

  timeOf(key: Key): number | undefined {
    const entry = this.#slots[this.#slotOf(key)] as number;
    return entry === 0 ? undefined : this.#times[entry - 1];
  }

  set(key: Key, time: number): void {
    const slot = this.#slotOf(key);
    const entry = this.#slots[slot] as number;
    if (entry > 0) {
      this.#times[entry - 1] = time;
      return;
    }
    this.#keys.set(key, 4 * this.size);
    this.#times[this.size] = time;
    this.size += 1;
    this.#slots[slot] = this.size;
    if (2 * this.size === this.#slots.length) this.#grow();
  }

  #slotOf([a, b, c, d]: Key): number {
    const slots = this.#slots;
    const keys = this.#keys;
    const mask = slots.length - 1;
    let slot = a & mask;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      const at = 4 * (entry - 1);
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.size; entry++) {
      let slot = (this.#keys[4 * entry] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
    this.#slots = slots;
    this.#keys = grown(this.#keys, Int32Array);
    this.#times = grown(this.#times, Float64Array);
  }
}

function grown<A extends Int32Array | Float64Array>(values: A, kind: new (length: number) => A): A {
  const larger = new kind(2 * values.length);
  larger.set(values);
  return larger;
}
