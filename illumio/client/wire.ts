import { UnexpectedAnswerError } from "./pce-errors";

// source:  the PCE's JSON: snake_case keys; a null where an array or a string is expected is refused as
//          input_validation_error (terraform-provider-illumio-core #40)
/** The value as the PCE writes it: keys in snake case, and neither undefined nor null anywhere. */
export function toWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined && item !== null).map(toWire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null)
      .map(([key, member]) => [snakeCase(key), toWire(member)]),
  );
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** One object of an answer, read field by field; what has another type than expected counts as absent. */
export class Fields {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #what: string;

  /** @throws UnexpectedAnswerError when it is no object. */
  constructor(value: unknown, what: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const got = Array.isArray(value) ? "an array" : value === null ? "null" : typeof value;
      throw new UnexpectedAnswerError(`the PCE's answer must have an object for ${what}, got ${got}; is this a PCE?`);
    }
    this.#members = value as Readonly<Record<string, unknown>>;
    this.#what = what;
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return (this.#members[name] ?? undefined) !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.#members[name];
    return typeof value === "string" ? value : undefined;
  }

  integer(name: string): number | undefined {
    const value = this.#members[name];
    return typeof value === "number" && Number.isInteger(value) ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.#members[name];
    return typeof value === "boolean" ? value : undefined;
  }

  /** @throws UnexpectedAnswerError when it is missing. */
  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) {
      throw new UnexpectedAnswerError(
        `the PCE's answer has ${this.#what} without ${name}; does this PCE speak API v2?`,
      );
    }
    return value;
  }

  object(name: string): Fields | undefined {
    const value = this.#members[name];
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return new Fields(value, `${name} of ${this.#what}`);
  }

  /** The items of an array; none when it is absent or null. */
  items<T>(name: string, read: (item: unknown) => T): readonly T[] {
    const value = this.#members[name];
    return Array.isArray(value) ? value.map(read) : [];
  }
}

/** The object without what is undefined: absent and undefined are not the same to a comparison. */
export function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
