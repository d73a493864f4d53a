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

function only(name: string, because: string, value: ProtectedParameter["value"] = () => "1"): ProtectedParameter {
  return { name, value, accepts: (given, majorVersion) => given === value(majorVersion), because };
}

/** Settings refuse a stack file that weakens one of these, and the parameter group holds them whatever it is given. */
export const PROTECTED_PARAMETERS: readonly ProtectedParameter[] = [
  only("rds.force_ssl", "connections without TLS are not for this database"),
  only(
    "log_connections",
    "who came is to be seen in the log",
    // a list from 18 on (PostgreSQL manual, "log_connections"): these three are what "on" was before
    (majorVersion) => (Number(majorVersion) >= 18 ? "receipt,authentication,authorization" : "1"),
  ),
  only(
    "log_hostname",
    "clients are known by their addresses; whoever runs their name server chooses their names",
    () => "0",
  ),
  only("log_disconnections", "who left, and when, is to be seen in the log"),
  {
    name: "tcp_keepalives_idle",
    value: () => "300",
    accepts: (given) => /^\d{1,3}$/.test(given) && Number(given) > 0 && Number(given) < 350,
    allowed: "1 to 349 seconds",
    because: "load balancers, NAT gateways and connection tracking drop connections that were silent for 350 seconds",
  },
];
