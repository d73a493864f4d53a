/** Reads a state machine's definition as CreateStateMachine does: strictly. */
import type { z } from "zod";
import { NotPlayedError } from "./states-error";
import {
  type Definition,
  definitionSchema,
  KNOWN_TO_AWS,
  type State,
  type States,
  TASK_RESOURCES,
  UNPLAYED_TYPES,
} from "./states-language";
import { isObject, PLAYED_PATH } from "./templates";

// source: Step Functions developer guide, "Service quotas"
const MOST_BYTES = 1024 * 1024;

/** Something that CreateStateMachine refuses. */
export class InvalidDefinitionError extends Error {
  override readonly name = "InvalidDefinitionError";

  constructor(problems: readonly string[]) {
    super(`Invalid State Machine Definition: ${problems.join("; ")}`);
  }
}

/**
 * The definition in a text.
 * @throws InvalidDefinitionError for what AWS refuses, and NotPlayedError for what AWS takes and the sandbox does not play
 */
export function readDefinition(text: string): Definition {
  if (Buffer.byteLength(text) > MOST_BYTES) throw new InvalidDefinitionError([`over ${MOST_BYTES} bytes`]);
  const given = parsed(text);
  requirePlayed(given);
  const result = definitionSchema.safeParse(given);
  if (!result.success) throw new InvalidDefinitionError(result.error.issues.map(sentence));
  const definition = result.data;
  const problems = [
    ...transitionProblems(definition, "/States"),
    ...templateProblems(given, ""),
    ...retryProblems(definition, "/States"),
  ];
  if (problems.length > 0) throw new InvalidDefinitionError(problems);
  return definition;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidDefinitionError([`not JSON: ${(cause as Error).message}`]);
  }
}

/** Tells of what AWS takes and we do not play before the schema takes it for wrong. */
function requirePlayed(given: unknown): void {
  if (!isObject(given)) return;
  requireFields("", given);
  const { States: states } = given;
  if (!isObject(states)) return;
  for (const state of Object.values(states).filter(isObject)) {
    const type = String(state["Type"]);
    if (UNPLAYED_TYPES.includes(type)) throw new NotPlayedError(`states of the type ${type}`);
    requireFields(type, state);
    const { Resource: resource, ItemProcessor: processor, Retry: retriers } = state;
    if (type === "Task" && isOtherIntegration(resource)) throw new NotPlayedError(`the task ${String(resource)}`);
    if (Array.isArray(retriers)) requireKnownErrors(retriers);
    if (!isObject(processor)) continue;
    const { Mode, ExecutionType } = (isObject(processor["ProcessorConfig"]) && processor["ProcessorConfig"]) || {};
    if (Mode === "INLINE" || ExecutionType === "EXPRESS") {
      throw new NotPlayedError(`maps of the mode ${String(Mode)} and the type ${String(ExecutionType)}`);
    }
    requirePlayed({ States: processor["States"] });
  }
}

function requireFields(type: string, given: object): void {
  const unplayed = Object.keys(given).filter((field) => KNOWN_TO_AWS[type]?.includes(field));
  if (unplayed.length > 0) throw new NotPlayedError(`the field ${unplayed.join(", ")} of ${type || "definitions"}`);
}

const isOtherIntegration = (resource: unknown): boolean =>
  typeof resource === "string" &&
  /^arn:aws:(states:::|states:[^:]+:\d{12}:activity:|lambda:)/.test(resource) &&
  !Object.values<string>(TASK_RESOURCES).includes(resource);

// an error that nothing here makes would look like one that never happens
function requireKnownErrors(retriers: readonly unknown[]): void {
  const named = retriers.filter(isObject).flatMap(({ ErrorEquals }) => (Array.isArray(ErrorEquals) ? ErrorEquals : []));
  const unplayed = named.filter((error) => /^States\./.test(String(error)) && !PLAYED_ERRORS.includes(String(error)));
  if (unplayed.length > 0) throw new NotPlayedError(`the errors ${unplayed.join(", ")}`);
}

const PLAYED_ERRORS = ["States.ALL", "States.TaskFailed", "States.Timeout", "States.ParameterPathFailure"];

function transitionProblems({ StartAt: start, States: states }: States, at: string): string[] {
  const targets = new Map(Object.entries(states).map(([name, state]) => [name, targetsOf(state)]));
  const missing = [start, ...[...targets.values()].flat()].filter((name) => !(name in states));
  const reached = new Set<string>();
  const follow = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const next of targets.get(name) ?? []) follow(next);
  };
  follow(start);
  return [
    ...missing.map((name) => `MISSING_TRANSITION_TARGET: no state "${name}" at ${at}`),
    ...Object.keys(states)
      .filter((name) => !reached.has(name))
      .map((name) => `state "${name}" is not reachable at ${at}`),
    ...Object.entries(states).flatMap(([name, state]) => endProblems(state, `${at}/${name}`)),
  ];
}

function targetsOf(state: State): string[] {
  if (state.Type === "Fail") return [];
  if (state.Type !== "Choice") return state.Next === undefined ? [] : [state.Next];
  return [...state.Choices.map(({ Next }) => Next), ...(state.Default === undefined ? [] : [state.Default])];
}

function endProblems(state: State, at: string): string[] {
  if (state.Type === "Fail") return [];
  if (state.Type === "Choice") {
    const wrong = state.Choices.flatMap(({ And }) => And).filter((test) => Object.keys(test).length !== 2);
    return wrong.map(({ Variable }) => `the test of ${Variable} must have exactly one comparison at ${at}`);
  }
  const inner = state.Type === "Map" ? transitionProblems(state.ItemProcessor, `${at}/ItemProcessor/States`) : [];
  return (state.End === true) === (state.Next === undefined)
    ? inner
    : [...inner, `exactly one of Next and End at ${at}`];
}

function templateProblems(value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (!name.endsWith(".$")) return templateProblems(inner, `${at}/${name}`);
    if (typeof inner !== "string" || !/^(\$|States\.)/.test(inner)) {
      return [`The value for the field '${name}' must be a valid JSONPath or intrinsic function at ${at}`];
    }
    if (!PLAYED_PATH.test(inner)) throw new NotPlayedError(`the path ${inner} at ${at}`);
    return [];
  });
}

function retryProblems({ States: states }: States, at: string): string[] {
  return Object.entries(states).flatMap(([name, state]) => {
    if (state.Type === "Map") return retryProblems(state.ItemProcessor, `${at}/${name}/ItemProcessor/States`);
    const retriers = state.Type === "Task" ? state.Retry : [];
    const wrong = retriers.filter(
      ({ ErrorEquals: errors }, index) =>
        errors.includes("States.ALL") && (errors.length > 1 || index < retriers.length - 1),
    );
    return wrong.map(() => `States.ALL must be alone, and in the last retrier, at ${at}/${name}/Retry`);
  });
}

function sentence({ path, message }: z.core.$ZodIssue): string {
  return `${message} at /${path.map(String).join("/")}`;
}
