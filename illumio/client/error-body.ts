/** One thing that the PCE found wrong. */
export interface PceProblem {
  /** Such as `input_validation_error`. */
  readonly token?: string;
  readonly message?: string;
}

/** More would fill a log with what the first ones say. */
const MAX_PROBLEMS = 5;
const MAX_MESSAGE_LENGTH = 400;

// source:  the PCE's REST API guide; terraform-provider-illumio-core, client_test.go; illumio-py
// example: [{"token":"input_validation_error","message":"Input validation failed. Details: {...}"}]
// example: {"token":"label_already_deleted","message":"Cannot delete a label that has already been deleted"}
// example: [{"error":"..."}], {"error":"..."}, {"errors":[{"token":"...","message":"..."}]}, a proxy's page
/** What the body of an answer says went wrong; nothing when it is no PCE's. Never throws, whatever the body. */
export function readProblems(body: string): readonly PceProblem[] {
  try {
    return problemsOf(JSON.parse(body));
  } catch {
    return [];
  }
}

/** The same for a body, or a part of one, that is parsed already. */
export function problemsOf(value: unknown): readonly PceProblem[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.flatMap(problemsOfItem).slice(0, MAX_PROBLEMS);
}

function problemsOfItem(item: unknown): readonly PceProblem[] {
  if (typeof item === "string") return [{ message: oneLine(item) }];
  if (typeof item !== "object" || item === null) return [];
  const { token, message, error, errors } = item as Readonly<Record<string, unknown>>;
  if (Array.isArray(errors)) return errors.flatMap(problemsOfItem);
  const said = typeof message === "string" ? message : error;
  if (typeof token !== "string" && typeof said !== "string") {
    return typeof said === "object" && said !== null && !Array.isArray(said) ? problemsOfItem(said) : [];
  }
  return [
    {
      // a token, not whatever a stranger's server puts there
      ...(typeof token === "string" && /^[\w.-]{1,64}$/.test(token) && { token }),
      ...(typeof said === "string" && { message: oneLine(said) }),
    },
  ];
}

function oneLine(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}...` : line;
}
