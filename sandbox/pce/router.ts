import type { Answer, Refusal } from "./answer";

/** One request as a resource sees it: authenticated, within the rate limit, of the right organisation, body read. */
export interface PceRequest {
  /** The parts of the path that the route names with a colon. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Lower case, without parameters such as `charset`; `undefined` when the client sent none. */
  readonly contentType: string | undefined;
  /** Whether the client asked for a job in place of an answer: `Prefer: respond-async`. */
  readonly prefersAsync: boolean;
  readonly body: string;
  /** How many flows of an upload a test wants to see fail. */
  readonly flowsToFail: number;
}

/** One method on one path. A resource (labels, workloads, ...) is a file that returns its routes. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v2`; a part that begins with a colon matches anything, for example `/orgs/:org/labels/:label`. */
  readonly path: string;
  /** May also throw a `Refused`. */
  handle(request: PceRequest): Answer | Refusal | Promise<Answer | Refusal>;
}

/** What a method and a path lead to. */
export type Match =
  | { readonly kind: "found"; readonly route: Route; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: "wrong-method"; readonly allowed: readonly string[] }
  | { readonly kind: "unknown" };

/** Finds the first route of this method and path; `path` is what follows `/api/v2`. */
export function findRoute(routes: readonly Route[], method: string, path: string): Match {
  const allowed: string[] = [];
  for (const route of routes) {
    const parameters = matchPath(route.path, path);
    if (parameters === undefined) continue;
    if (route.method === method) return { kind: "found", route, parameters };
    allowed.push(route.method);
  }
  return allowed.length > 0 ? { kind: "wrong-method", allowed } : { kind: "unknown" };
}

/** The parts of `path` that `pattern` names with a colon; `undefined` when they do not match. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) parameters[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return parameters;
}
