import { canonicalAddress } from "./targets";

/** Asks DNS; a Resolver of node:dns/promises is one. Rejects with a `code`, such as ENODATA or ENOTFOUND. */
export interface NameResolver {
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
}

/** Where DNS says that the endpoint is. Each list is sorted, and without repetition. */
export interface Answer {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/** DNS answered, and nothing may be written on that answer: it is empty, or names an address that is not the database's. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

/**
 * Asks for both families. That one of them has no data is normal: most databases have IPv4 addresses alone.
 * @throws AnswerError when the name does not exist or has no data in `family`; the resolver's error when it gave no answer.
 */
export async function resolveEndpoint(
  endpoint: string,
  resolver: NameResolver,
  family: "ipv4" | "ipv6",
): Promise<Answer> {
  const [ipv4, ipv6] = await Promise.all([
    recordsOf(endpoint, () => resolver.resolve4(endpoint)),
    recordsOf(endpoint, () => resolver.resolve6(endpoint)),
  ]);
  const answer: Answer = { ipv4, ipv6 };
  if (answer[family].length === 0) {
    throw new AnswerError(`${endpoint} has no ${family} address in DNS, and the target group takes only ${family}`);
  }
  return answer;
}

/** @throws AnswerError when an address of the answer, in either family, is not an interface of the database. */
export function requireOwn(endpoint: string, answer: Answer, interfaces: readonly string[]): void {
  const own = new Set(interfaces.map(canonicalAddress));
  const foreign = [...answer.ipv4, ...answer.ipv6].filter((ip) => !own.has(ip));
  if (foreign.length > 0) {
    throw new AnswerError(
      `DNS says that ${endpoint} is at ${foreign.join(", ")}, where the database has no network interface; ` +
        `it has ${own.size === 0 ? "none at all" : [...own].join(", ")}`,
    );
  }
}

/** The same for two answers that say the same. */
export function answerKey({ ipv4, ipv6 }: Answer): string {
  return [...ipv4, ...ipv6].join(" ");
}

async function recordsOf(endpoint: string, resolve: () => Promise<string[]>): Promise<readonly string[]> {
  try {
    return [...new Set((await resolve()).map(canonicalAddress))].sort();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENODATA") return [];
    // for no family is this normal: a name that has an address in one exists in both
    if (code === "ENOTFOUND") throw new AnswerError(`${endpoint} does not exist in DNS`, { cause: error });
    throw error;
  }
}
