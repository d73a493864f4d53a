/** Slots per kept tuple are held between 2 and 4: probes stay short, and the table stays in the processor's cache. */
const SLOTS_PER_TUPLE = 2;

/**
 * Numbers tuples of four 32-bit integers in the order they are first seen, from 0.
 * An open-addressing table over typed arrays: a Map would need one key string or object for every look-up.
 */
export class TupleIndex {
  #size = 0;
  /** Slot -> number of the tuple + 1; 0 is a free slot. The length is a power of two. */
  #slots = new Int32Array(1024);
  /** The tuples, four integers each, in order of their numbers. */
  #tuples = new Int32Array(4 * 512);

  /** Tuples seen so far. */
  get size(): number {
    return this.#size;
  }

  /** The number of this tuple; a tuple not seen before gets the next one. */
  indexOf(a: number, b: number, c: number, d: number): number {
    const tuples = this.#tuples;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash(a, b, c, d) & mask;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      const at = (entry - 1) * 4;
      if (tuples[at] === a && tuples[at + 1] === b && tuples[at + 2] === c && tuples[at + 3] === d) return entry - 1;
      slot = (slot + 1) & mask;
    }
    return this.#append(slot, a, b, c, d);
  }

  /** One of the four integers of a tuple. */
  part(index: number, part: 0 | 1 | 2 | 3): number {
    return this.#tuples[index * 4 + part] as number;
  }

  #append(slot: number, a: number, b: number, c: number, d: number): number {
    const index = this.#size;
    this.#tuples.set([a, b, c, d], index * 4);
    this.#slots[slot] = index + 1;
    this.#size = index + 1;
    if (this.#size * SLOTS_PER_TUPLE >= this.#slots.length) this.#grow();
    return index;
  }

  #grow(): void {
    const tuples = new Int32Array(this.#tuples.length * 2);
    tuples.set(this.#tuples);
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.#size; index++) {
      const at = index * 4;
      let slot =
        hash(tuples[at] as number, tuples[at + 1] as number, tuples[at + 2] as number, tuples[at + 3] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#tuples = tuples;
    this.#slots = slots;
  }
}

/** Mixes four integers so that the low bits depend on all of them (the finisher is MurmurHash3's). */
function hash(a: number, b: number, c: number, d: number): number {
  let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
