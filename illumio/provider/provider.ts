import type { CredentialsSource } from "../client/credentials";
import { deadlineIn } from "../client/deadline";
import { Pce, type PceObjects } from "../client/pce";
import { PceError } from "../client/pce-errors";
import type { Configuration } from "./configuration";
import { HalfMadeError, type Kind, type Properties } from "./kind";
import { kindOf } from "./kinds";
import { changedInputs, isToCome } from "./sameness";

/** What the provider is made of, beside its configuration. */
export interface ProviderParts {
  /** @throws when there is no API key to be had. */
  readonly apiKey: (configuration: Configuration) => CredentialsSource;
  /** Told what a person should know although nothing failed. */
  readonly warn: (sentence: string) => void;
}

/** What the engine knows of a resource from before. */
export interface Before {
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
}

/** Inputs that a change is about, and those of them that make it another object. */
export interface Difference {
  readonly changed: readonly string[];
  readonly replaced: readonly string[];
}

/** A few objects are a few seconds; a PCE that is busy, a few minutes. */
const DEFAULT_TIMEOUT_SECONDS = 600;
/** The rest of what a PCE takes of an API key is the forwarder's. */
const REQUESTS_PER_MINUTE = 100;

/** The resources of the package `illumio`: of each what the engine asks for, on one PCE. */
export class PolicyProvider {
  readonly #parts: ProviderParts;
  #pce: Pce | undefined;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
  }

  /** Says which PCE; without it nothing can be asked of one. No request is made. */
  configure(configuration: Configuration): void {
    const { host, port, orgId, caCertificate } = configuration;
    this.#pce?.close();
    this.#pce = new Pce({
      endpoint: { host, port, ...(caCertificate !== undefined && { ca: caCertificate }) },
      orgId,
      credentials: this.#parts.apiKey(configuration),
      requestsPerMinute: REQUESTS_PER_MINUTE,
    });
  }

  /** What no PCE would take, as a sentence; undefined when nothing is known to be wrong. Previews ask this, too. */
  check(urn: string, inputs: Properties): string | undefined {
    const kind = kindOf(urn);
    if (isToCome(inputs)) return undefined;
    try {
      kind.check(inputs);
      return undefined;
    } catch (error) {
      if (error instanceof PceError) return error.message;
      throw error;
    }
  }

  diff(urn: string, before: Before, news: Properties): Difference {
    const { replacedBy } = kindOf(urn);
    const changed = changedInputs(before.inputs, news);
    return { changed, replaced: changed.filter((name) => (replacedBy as readonly string[]).includes(name)) };
  }

  /** @throws HalfMadeError with the state that is left, and whatever the PCE's client throws. */
  async create(urn: string, inputs: Properties, timeoutSeconds: number): Promise<{ id: string; state: Properties }> {
    try {
      const { id, extras } = await kindOf(urn).create(this.#objects(timeoutSeconds), inputs);
      return { id, state: { ...inputs, ...extras } };
    } catch (error) {
      if (!(error instanceof HalfMadeError)) throw error;
      throw new HalfMadeError(error.id, { ...inputs, ...error.extras }, error.cause);
    }
  }

  /** Undefined when it is gone. Without inputs from before it is an import. */
  async read(
    urn: string,
    id: string,
    before: Before | undefined,
    timeoutSeconds: number,
  ): Promise<{ inputs: Properties; state: Properties } | undefined> {
    const found = await kindOf(urn).read(
      this.#objects(timeoutSeconds),
      id,
      before?.inputs,
      before ? extras(before) : {},
    );
    if (found === undefined) return undefined;
    const inputs = found.inputs as Properties;
    return { inputs, state: { ...inputs, ...found.extras } };
  }

  async update(urn: string, before: Before, news: Properties, timeoutSeconds: number): Promise<Properties> {
    const kind = kindOf(urn);
    const inputs = { ...cleared(kind, before.inputs, news), ...news };
    const known = await kind.update(this.#objects(timeoutSeconds), before.id, inputs, extras(before));
    return { ...news, ...known };
  }

  async delete(urn: string, before: Before, timeoutSeconds: number): Promise<void> {
    const { id, inputs } = before;
    const left = await kindOf(urn).delete(this.#objects(timeoutSeconds), id, inputs, extras(before));
    if (left !== undefined) this.#parts.warn(left);
  }

  /** Closes the connections to the PCE. */
  close(): void {
    this.#pce?.close();
  }

  #objects(timeoutSeconds: number): PceObjects {
    if (this.#pce === undefined) {
      throw new Error(
        "the resources of illumio must have a provider that is configured, got none; make an IllumioProvider and give " +
          "it to them as the option provider",
      );
    }
    return this.#pce.within(deadlineIn((timeoutSeconds > 0 ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS) * 1000));
  }
}

// the state holds the inputs and what is known beside them
function extras({ inputs, state }: Before): Properties {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !(name in inputs)));
}

function cleared(kind: Kind<object>, olds: Properties, news: Properties): Properties {
  return Object.fromEntries(Object.entries(kind.cleared ?? {}).filter(([name]) => name in olds && !(name in news)));
}
