import type { z } from "zod";
import { Refused } from "../answer";
import type { PceBehaviour } from "../behaviour";
import { inputValidation } from "../refusals";
import type { PceRequest } from "../router";

/** The JSON of a request. Throws a `Refused` for another content type and for text that is no JSON. */
export function readJson({ body, contentType }: PceRequest): unknown {
  if (contentType !== "application/json") {
    throw new Refused(inputValidation(`A body must be application/json, got ${contentType ?? "no content type"}`));
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new Refused(inputValidation("The body is not JSON"));
  }
}

/**
 * Returns `value` when it fits, else throws a `Refused` in the words of a PCE, which has no pity with a null where an
 * array or a text belongs. `name` is the schema's, as a PCE would call it.
 */
export function conform<S extends z.ZodType>(
  value: unknown,
  schema: S,
  name: string,
  { unknownProperties }: Pick<PceBehaviour, "unknownProperties">,
): z.output<S> {
  const first = schema.safeParse(value);
  if (first.success) return first.data;
  const unknown = first.error.issues.filter((issue) => issue.code === "unrecognized_keys");
  if (unknownProperties === "ignore" && unknown.length > 0)
    return conform(without(value, unknown), schema, name, { unknownProperties });
  const details = first.error.issues.map((issue) => describe(issue, value));
  throw new Refused(inputValidation(`${details.join("; ")} in schema ${name}.schema.json`));
}

/** Reads JSON and has it conform. */
export function readFitting<S extends z.ZodType>(
  request: PceRequest,
  schema: S,
  name: string,
  behaviour: Pick<PceBehaviour, "unknownProperties">,
): z.output<S> {
  return conform(readJson(request), schema, name, behaviour);
}

function describe(issue: z.core.$ZodIssue, value: unknown): string {
  const place = `#/${issue.path.map(String).join("/")}`;
  if (issue.code !== "invalid_type") return `The property '${place}' is not valid: ${issue.message}`;
  const got = at(value, issue.path);
  if (got === undefined) return `The property '${place}' is required and was not there`;
  return `The property '${place}' of type ${typeOf(got)} did not match the following type: ${issue.expected}`;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function without(value: unknown, issues: readonly z.core.$ZodIssueUnrecognizedKeys[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const { path, keys } of issues) {
    const holder = at(copy, path) as Record<string, unknown>;
    for (const key of keys) delete holder[key];
  }
  return copy;
}
