/** An object that failed comes back within minutes: what is older than so many others is not worth its memory. */
const MAX_OBJECTS = 100;

/**
 * Remembers of the last 100 unfinished objects how many of their batches the PCE took, so that trying one again in the
 * same instance continues where it stopped: the PCE counts a connection as often as it is sent.
 *
 * It is a saving, not a promise: another instance, or a batch whose answer was lost on the way, repeats batches. A
 * finished object is forgotten, so one that is announced again is sent again: who puts it there anew means it so.
 */
export class UploadProgress {
  readonly #acceptedBatches = new Map<string, number>();

  /** Batches of the object that the PCE took, counted from the first; 0 for an object that is not known. */
  acceptedBatches(identity: string | undefined): number {
    return (identity !== undefined && this.#acceptedBatches.get(identity)) || 0;
  }

  /** The PCE took the object's next batch. */
  accept(identity: string | undefined): void {
    if (identity === undefined) return;
    const accepted = this.acceptedBatches(identity) + 1;
    // a Map keeps the order of insertion: the least recently used is its first
    this.#acceptedBatches.delete(identity);
    this.#acceptedBatches.set(identity, accepted);
    if (this.#acceptedBatches.size <= MAX_OBJECTS) return;
    for (const oldest of this.#acceptedBatches.keys()) {
      this.#acceptedBatches.delete(oldest);
      return;
    }
  }

  /** The object is done. */
  finish(identity: string | undefined): void {
    if (identity !== undefined) this.#acceptedBatches.delete(identity);
  }
}
