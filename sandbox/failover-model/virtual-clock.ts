/** Work that a clock does when its time has come. */
interface Appointment {
  readonly atMs: number;
  /** Order of making: what is due at the same moment happens in this order. */
  readonly order: number;
  readonly action: () => void;
}

/**
 * Time that passes only when nothing else is left to do. Everything that waits, waits on this clock, so a history of hours is played
 * in milliseconds, and always in the same order.
 */
export class VirtualClock {
  readonly #startMs: number;
  #nowMs: number;
  #made = 0;
  /** A binary heap: the earliest first. */
  readonly #heap: Appointment[] = [];

  /** `startMs` is in milliseconds since the epoch. */
  constructor(startMs: number) {
    this.#startMs = startMs;
    this.#nowMs = startMs;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#nowMs;
  }

  /** Milliseconds since the clock was started. */
  elapsedMs(): number {
    return this.#nowMs - this.#startMs;
  }

  /** Resolves when this many milliseconds have passed. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Does the work when this many milliseconds have passed. */
  after(ms: number, action: () => void): void {
    push(this.#heap, { atMs: this.#nowMs + Math.max(0, ms), order: this.#made++, action });
  }

  /** Lets time pass until this many milliseconds from now. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await this.#run(() => (this.#heap[0]?.atMs ?? Infinity) <= untilMs);
    this.#nowMs = untilMs;
  }

  /** Lets time pass until `isOver` says so, or nothing is left that waits. */
  async passUntil(isOver: () => boolean): Promise<void> {
    await this.#run(() => !isOver());
  }

  async #run(goesOn: () => boolean): Promise<void> {
    await quiet();
    while (this.#heap.length > 0 && goesOn()) {
      const next = pop(this.#heap);
      this.#nowMs = next.atMs;
      next.action();
      await quiet();
    }
  }
}

// Node empties the microtask queue before it takes the next tick: this waits for all promises that can settle, and costs a tenth of
// setImmediate, which ten million steps would feel
const quiet = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

function push(heap: Appointment[], item: Appointment): void {
  let at = heap.length;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(item, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = item;
}

function pop(heap: Appointment[]): Appointment {
  const first = heap[0];
  const item = heap.pop();
  if (first === undefined || item === undefined) throw new RangeError("the clock has no appointment to take");
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const isLeft = right === undefined || isBefore(left, right);
    const child = isLeft ? left : right;
    if (!isBefore(child, item)) break;
    heap[at] = child;
    at = 2 * at + (isLeft ? 1 : 2);
  }
  heap[at] = item;
  return first;
}
