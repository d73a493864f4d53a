import { RefusedError } from "../resource-type";
import { isObject } from "../wire";

/** An event pattern of exact values. */
export type EventPattern = Readonly<Record<string, unknown>>;

const LONGEST = 2048;

/**
 * The pattern in the text; refuses one that EventBridge would refuse: its leaves are lists with at least one value. Content filters
 * such as `{"prefix": "a"}` are EventBridge's, too, but not played.
 *
 * source: EventBridge user guide, "Creating event patterns"; quotas: 2048 characters
 */
export function parsePattern(text: string): EventPattern {
  if (text.length > LONGEST) refuse(`it has ${text.length} characters; ${LONGEST} are allowed`);
  const pattern = parseJson(text);
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    return refuse("it must be an object with at least a field");
  requireFields(pattern, "");
  return pattern;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse("it is not JSON");
  }
}

function requireFields(fields: Readonly<Record<string, unknown>>, within: string): void {
  for (const [name, value] of Object.entries(fields)) {
    const path = within === "" ? name : `${within}.${name}`;
    if (isObject(value)) {
      if (Object.keys(value).length === 0) refuse(`"${path}" is an empty object`);
      requireFields(value, path);
    } else if (Array.isArray(value)) {
      requireValues(value, path);
    } else {
      refuse(`"${path}" must be an object or an array`);
    }
  }
}

function requireValues(values: readonly unknown[], path: string): void {
  if (values.length === 0) refuse(`"${path}" is an empty array`);
  for (const each of values) {
    if (isObject(each)) {
      throw new Error(`the sandbox plays event patterns of exact values; "${path}" has ${JSON.stringify(each)}`);
    }
    if (Array.isArray(each)) refuse(`"${path}" has an array in its array`);
  }
}

function refuse(reason: string): never {
  throw new RefusedError("InvalidEventPatternException", `event pattern is not valid: ${reason}`);
}
