/** A parameter that this database's promises rest on, and the values that keep them. */
export interface ProtectedParameter {
  readonly name: string;
  /** What the stack sets, for a major version. */
  readonly value: (majorVersion: string) => string;
  /** True for a value that may stand in its place. */
  readonly accepts: (value: string, majorVersion: string) => boolean;
  /** The accepted values, as an error says them; absent where only the stack's own is accepted. */
  readonly allowed?: string;
  /** What is lost with another value. */
  readonly because: string;
}

/** A parameter that has one right value, for each version or for all. */
export function only(
  name: string,
  because: string,
  value: ProtectedParameter["value"] = () => "1",
): ProtectedParameter {
  return { name, value, accepts: (given, majorVersion) => given === value(majorVersion), because };
}

/** What a connection without TLS is refused for. */
export const NO_PLAIN_TEXT = "connections without TLS are not for this database";
