import type { PceObjects } from "../client/pce";

/** Properties of a resource, as they are in JSON; absent ones are not there at all. */
export type Properties = Readonly<Record<string, unknown>>;

/** What the PCE has of a resource. */
export interface Found<Inputs extends object> {
  readonly id: string;
  readonly inputs: Inputs;
  /** What is known of it beside its inputs. */
  readonly extras: Properties;
}

/**
 * One kind of resource: what of the PCE it is made of. Whatever is begun can be begun again: a creation takes what one
 * before it left behind, and a deletion of what is gone succeeds.
 */
export interface Kind<Inputs extends object> {
  /** Inputs of which a change makes another object. */
  readonly replacedBy: readonly (keyof Inputs & string)[];
  /** What an input is set to when it is taken away; those that are not here keep their last value. */
  readonly cleared?: Partial<Inputs>;
  /** @throws InvalidRequestError for what no PCE takes. No request is made. */
  check(inputs: Inputs): void;
  /** @throws HalfMadeError when the object is there, but not all of it. */
  create(pce: PceObjects, inputs: Inputs): Promise<{ readonly id: string; readonly extras: Properties }>;
  /** Undefined when it is gone. `wanted` are the inputs it was made of; absent for an import, which takes over all it finds. */
  read(pce: PceObjects, id: string, wanted: Inputs | undefined, extras: Properties): Promise<Found<Inputs> | undefined>;
  /** What it knows beside the inputs afterwards. */
  update(pce: PceObjects, id: string, inputs: Inputs, extras: Properties): Promise<Properties>;
  /** Says what it left there, and why, if it did. */
  delete(pce: PceObjects, id: string, inputs: Inputs, extras: Properties): Promise<string | undefined>;
}

/** Part of an object was made: the next update completes it, and a destroy takes it away. */
export class HalfMadeError extends Error {
  override readonly name = "HalfMadeError";
  readonly id: string;
  readonly extras: Properties;

  constructor(id: string, extras: Properties, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.id = id;
    this.extras = extras;
  }
}
