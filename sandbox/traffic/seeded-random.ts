/** Random choices that are the same for the same seed, on every machine. Never for secrets. */
export interface SeededRandom {
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items; throws when there is none. */
  pick<T>(items: readonly T[]): T;
  /** Lower-case hex digits. */
  hex(digits: number): string;
  /** Reorders the array in place (Fisher-Yates) and returns it. */
  shuffle<T>(items: T[]): T[];
}

/** Makes a generator (mulberry32: 32 bits of state, period 2^32) from the seed's lower 32 bits. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;

  /** From 0 up to, but not including, 1. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));

  return {
    integer,
    chance: (probability) => next() < probability,
    pick(items) {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new RangeError("pick needs at least one item, got an empty list");
      return item;
    },
    hex: (digits) => Array.from({ length: digits }, () => integer(0, 15).toString(16)).join(""),
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last -= 1) {
        const other = integer(0, last);
        const moved = items[last];
        const chosen = items[other];
        if (moved === undefined || chosen === undefined) continue;
        items[last] = chosen;
        items[other] = moved;
      }
      return items;
    },
  };
}
