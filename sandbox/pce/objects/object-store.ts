/** What every object of a collection has. */
export interface Stored {
  /** As a PCE gives it out: without `/api/v2`. */
  readonly href: string;
  /** Deleted objects stay, marked, so that a client can meet them again. */
  readonly deleted: boolean;
  readonly external_data_set: string | null;
  readonly external_data_reference: string | null;
}

/** The objects of one collection in the order they were made, found by href or by a key at once. */
export class ObjectStore<T extends Stored> {
  readonly #objects = new Map<string, T>();
  readonly #hrefsByKey = new Map<string, Set<string>>();
  readonly #keysOf: (object: T) => readonly string[];

  /** `keysOf` gives what else an object that is not deleted is found by; several objects may share a key. */
  constructor(keysOf: (object: T) => readonly string[] = () => []) {
    this.#keysOf = keysOf;
  }

  /** The object, also when it is marked as deleted. */
  get(href: string): T | undefined {
    return this.#objects.get(href);
  }

  /** The object, unless it is marked as deleted. */
  alive(href: string): T | undefined {
    const object = this.#objects.get(href);
    return object?.deleted ? undefined : object;
  }

  /** Adds an object, or takes it in place of the one with its href. */
  put(object: T): void {
    this.#forgetKeys(object.href);
    this.#objects.set(object.href, object);
    for (const key of this.#allKeysOf(object)) {
      const hrefs = this.#hrefsByKey.get(key) ?? new Set();
      this.#hrefsByKey.set(key, hrefs.add(object.href));
    }
  }

  /** Takes an object out without a trace. */
  remove(href: string): void {
    this.#forgetKeys(href);
    this.#objects.delete(href);
  }

  all(): T[] {
    return [...this.#objects.values()];
  }

  allAlive(): T[] {
    return this.all().filter(({ deleted }) => !deleted);
  }

  withKey(key: string): T[] {
    return [...(this.#hrefsByKey.get(key) ?? [])].flatMap((href) => this.#objects.get(href) ?? []);
  }

  #forgetKeys(href: string): void {
    const object = this.#objects.get(href);
    if (object === undefined) return;
    for (const key of this.#allKeysOf(object)) {
      const hrefs = this.#hrefsByKey.get(key);
      hrefs?.delete(href);
      if (hrefs?.size === 0) this.#hrefsByKey.delete(key);
    }
  }

  #allKeysOf(object: T): readonly string[] {
    if (object.deleted) return [];
    const reference = referenceKey(object);
    return [...(reference === undefined ? [] : [reference]), ...this.#keysOf(object)];
  }
}

/** The key of an external data set and reference; `undefined` of an object without a reference. */
export function referenceKey(object: {
  readonly external_data_set?: string | null | undefined;
  readonly external_data_reference?: string | null | undefined;
}): string | undefined {
  const { external_data_set: set, external_data_reference: reference } = object;
  return reference == null ? undefined : `reference ${JSON.stringify([set ?? null, reference])}`;
}
