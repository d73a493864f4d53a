import type { z } from "zod";
import type { Advice } from "./fields";
import { nearest, type Problem, shown } from "./problems";
import { networkAdvice } from "./rules";

type Issue = z.core.$ZodIssue;

/** A stack file's own keys and values, before anything is known of them. */
export type RawSettings = Readonly<Record<string, unknown>>;

/** Where an issue is, from the outermost key on: one place, or one for each unknown key. */
export function pathsOf(issue: Issue): string[][] {
  const at = issue.path.map(String);
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...at, key]) : [at];
}

/** What zod found, in the stack file's words. Values below an encrypted top-level key are not shown, and those of unknown keys never. */
export function problemsOf(issue: Issue, raw: RawSettings, isEncrypted: (key: string) => boolean): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...issue.path.map(String), key], issue.message.split(", ")));
  }

  const value = issue.path.reduce<unknown>((inside, key) => (isObject(inside) ? inside[String(key)] : undefined), raw);
  const what = issue.path.join(".");
  const advice = issue.code === "custom" && isAdvice(issue.params) ? issue.params : undefined;
  const hidden = advice?.hidden === true || isEncrypted(String(issue.path[0]));
  const got = hidden ? "a value that is not shown, for it may be a secret" : shown(value);
  if (advice === undefined) {
    return [{ what, got, allowed: `an object of the keys ${issue.message}`, do: "write it as keys with values" }];
  }
  const better = what === "network.cidr" ? networkAdvice(value) : undefined;
  return [{ what, got, allowed: advice.allowed, do: better ?? advice.do }];
}

/** The problem of a key that no setting has. */
export function unknownKey(path: readonly string[], known: readonly string[]): Problem {
  const meant = nearest(path.at(-1) ?? "", known);
  return {
    what: path.join("."),
    // the value may be a secret at the wrong place
    got: "a key that does not exist",
    allowed: known.join(", "),
    do: meant === undefined ? "remove it" : `write ${meant}, if that is what you mean`,
  };
}

/** A copy of the settings without what is at those places. */
export function without(raw: RawSettings, paths: readonly (readonly string[])[]): RawSettings {
  const copy: unknown = structuredClone(raw);
  for (const path of paths) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((inside, key) => (isObject(inside) ? inside[key] : undefined), copy);
    if (isObject(parent)) delete parent[path.at(-1) ?? ""];
  }
  return isObject(copy) ? copy : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAdvice(params: unknown): params is Advice {
  return isObject(params) && "allowed" in params && "do" in params;
}
