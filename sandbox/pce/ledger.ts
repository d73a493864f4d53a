/** What the stand-in has seen since it started. */
export interface Counters {
  /** Requests that came in over HTTP, refused and sabotaged ones too. */
  readonly requests: number;
  /** Answers sent, by status code. An answer cut off half way counts; a connection reset without one does not. */
  readonly answers: Readonly<Record<string, number>>;
  /** Flows taken, repeats included. */
  readonly received: number;
  /** Lines refused inside a 201. */
  readonly failed: number;
  /** Different flows taken. */
  readonly unique: number;
}

/** Keeps what was uploaded: the truth that a tour or a test compares the forwarder's own figures with. */
export class Ledger {
  #requests = 0;
  #received = 0;
  #failed = 0;
  readonly #kinds = new Map<string, number>();
  readonly #answers = new Map<number, number>();
  readonly #flows = new Map<string, number>();

  /** `kind` is the method and the path of the route, such as `GET /orgs/:org/labels/:label`. */
  countRequest(kind: string): void {
    this.#requests += 1;
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }

  countAnswer(status: number): void {
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1);
  }

  /** Takes one upload: flows as `src,dst,port,protocol`, and how many of its lines failed. */
  record(flows: readonly string[], failed: number): void {
    this.#received += flows.length;
    this.#failed += failed;
    for (const flow of flows) this.#flows.set(flow, (this.#flows.get(flow) ?? 0) + 1);
  }

  /** A copy that later requests do not change. */
  counters(): Counters {
    return {
      requests: this.#requests,
      answers: Object.fromEntries(this.#answers),
      received: this.#received,
      failed: this.#failed,
      unique: this.#flows.size,
    };
  }

  /** A copy: how many requests of each kind came in, such as `POST /orgs/:org/labels`. */
  requestsByKind(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#kinds);
  }

  /** A copy: each flow (`src,dst,port,protocol`) and how many times it was taken. */
  flows(): ReadonlyMap<string, number> {
    return new Map(this.#flows);
  }
}
