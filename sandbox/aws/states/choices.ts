import { StatesError } from "./states-error";
import type { ChoiceState } from "./states-language";
import { type Sources, valueAt } from "./templates";

type Test = ChoiceState["Choices"][number]["And"][number];

/** The state that a choice leads to. @throws StatesError when it leads nowhere, or asks of a value that is not there */
export function chosen({ Choices: choices, Default: otherwise }: ChoiceState, sources: Sources): string {
  const taken = choices.find(({ And: tests }) => tests.every((test) => holds(test, sources)))?.Next ?? otherwise;
  if (taken === undefined)
    throw new StatesError("States.NoChoiceMatched", "no choice matches, and there is no Default");
  return taken;
}

function holds({ Variable: path, IsPresent, IsString, IsTimestamp, StringMatches }: Test, sources: Sources): boolean {
  const value = valueAt(path, sources);
  if (IsPresent !== undefined) return (value !== undefined) === IsPresent;
  if (value === undefined) {
    throw new StatesError("States.Runtime", `Invalid path '${path}': the choice's condition references nothing`);
  }
  if (IsString !== undefined) return (typeof value === "string") === IsString;
  if (IsTimestamp !== undefined) return isTimestamp(value) === IsTimestamp;
  return typeof value === "string" && matches(StringMatches ?? "", value);
}

// source: States Language, "Timestamps": the profile of ISO 8601 in RFC 3339, with a capital T and a capital Z
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function isTimestamp(value: unknown): boolean {
  return typeof value === "string" && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value));
}

/** `*` is any run of characters; nothing else is special, but `\\*` and `\\\\`. */
function matches(pattern: string, value: string): boolean {
  const expression = pattern.replace(/\\([*\\])|[*]|[.+?^${}()|[\]\\]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return found === "*" ? ".*" : `\\${found}`;
  });
  return new RegExp(`^${expression}$`, "s").test(value);
}
