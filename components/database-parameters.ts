// The parameter group of an instance as data. Pure.
import type { Engine } from "./engines/engine";

/** One row of a parameter group. */
export interface DatabaseParameter {
  readonly name: string;
  readonly value: string;
  /** RDS refuses `immediate` for a parameter that the server reads only at its start. */
  readonly applyMethod: "immediate" | "pending-reboot";
}

/**
 * The engine's parameters and the caller's, by name. The caller's value wins, except where it would weaken what this database promises:
 * settings refuse that, and here it has no effect. Sorted, so that the order of a stack file changes nothing.
 */
export function databaseParameters(
  { defaultParameters, protectedParameters, isStatic }: Engine,
  majorVersion: string,
  extra: Readonly<Record<string, string>> = {},
): DatabaseParameter[] {
  const kept = protectedParameters.map((parameter) => {
    const { name, value, accepts } = parameter;
    const wanted = extra[name];
    return [name, wanted !== undefined && accepts(wanted, majorVersion) ? wanted : value(majorVersion)] as const;
  });
  return Object.entries({ ...defaultParameters, ...extra, ...Object.fromEntries(kept) })
    .map(([name, value]): DatabaseParameter => {
      return { name, value, applyMethod: isStatic(name) ? "pending-reboot" : "immediate" };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
