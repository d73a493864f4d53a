/**
 * Reads paths and fills templates, as far as the sandbox plays them.
 *
 * source:  Amazon States Language, "Paths" and "Payload Template"
 * format:  $.<name>[<index>]... of the input; $$.<name>... of the context: what the execution was started with, its state machine, the item
 *          at hand. A field whose name ends in ".$" is read
 * example: { "Bucket": "archive", "Prefix.$": "$.prefix" }
 */
import { StatesError } from "./states-error";

/** A path that the sandbox plays. */
export const PLAYED_PATH =
  /^(?:\$|\$\$\.Map\.Item\.Value|\$\$\.Execution\.Input|\$\$\.StateMachine\.Id)(?:\.[A-Za-z_]\w*|\[\d+\])*$/;

/** What `$$` leads into, as far as the sandbox plays it. */
export interface Context {
  readonly Execution: { readonly Input: unknown };
  readonly StateMachine: { readonly Id: string };
  /** While a map reads: what its reader found. */
  readonly Map?: { readonly Item: { readonly Value: unknown } };
}

/** What paths lead into. */
export interface Sources {
  readonly input: unknown;
  readonly context: Context;
}

/** What is at the path; undefined when nothing is. */
export function valueAt(path: string, { input, context }: Sources): unknown {
  const steps = path.match(/[A-Za-z_]\w*|\d+(?=\])/g) ?? [];
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined,
    path.startsWith("$$") ? context : input,
  );
}

/** The template with what its paths lead to. @throws StatesError for a path that leads nowhere */
export function fill(template: unknown, sources: Sources): unknown {
  if (Array.isArray(template)) return template.map((each) => fill(each, sources));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      if (!name.endsWith(".$")) return [name, fill(value, sources)];
      const found = valueAt(String(value), sources);
      if (found === undefined) {
        throw new StatesError(
          "States.ParameterPathFailure",
          `The JSONPath '${String(value)}' of the field '${name}' could not be found in the input`,
        );
      }
      return [name.slice(0, -2), found];
    }),
  );
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
