/** A function's environment does not hold what the function needs; the message lists every problem. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

/** Reads environment variables and collects what is wrong with them, so that one error names every problem. */
export class EnvironmentReader {
  readonly #source: Readonly<Record<string, string | undefined>>;
  readonly #problems: string[] = [];

  constructor(source: Readonly<Record<string, string | undefined>>) {
    this.#source = source;
  }

  /** The variable's text; undefined when it is absent or empty. */
  optional(name: string): string | undefined {
    const text = this.#source[name]?.trim();
    return text === "" ? undefined : text;
  }

  /** The variable's text as `parse` reads it. `parse` returns undefined for what it does not allow. */
  required<T>(name: string, allowed: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.optional(name);
    if (text === undefined) {
      this.problem(`${name} is missing: it must be ${allowed}`);
      return undefined;
    }
    const value = parse(text);
    if (value === undefined) this.problem(`${name} must be ${allowed}, got "${text}"`);
    return value;
  }

  /** Notes a problem of its own. */
  problem(text: string): void {
    this.#problems.push(text);
  }

  /** @throws EnvironmentError when there was any problem so far. */
  throwIfInvalid(): void {
    const count = this.#problems.length;
    if (count === 0) return;
    throw new EnvironmentError(
      `${count} problem${count === 1 ? "" : "s"} in the function's environment: ${this.#problems.join("; ")}`,
    );
  }
}

/** A whole number within bounds, both allowed, or undefined. */
export function wholeNumber(
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
