/** One way to an engine, and why it did not lead there. */
export interface FailedWay {
  readonly way: string;
  readonly why: string;
}

/** No engine could be had; the message names every way to one and why it failed, so that any of them can be repaired. */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";
  readonly ways: readonly FailedWay[];

  constructor(ways: readonly FailedWay[]) {
    const lines = ways.map(
      ({ way, why }, index) => `  ${index + 1}. ${way}\n     failed: ${why.replaceAll("\n", "\n     ")}`,
    );
    super(`no Pulumi engine could be had; any one of these is enough:\n${lines.join("\n")}`);
    this.ways = ways;
  }
}

/** What the engine said about one failure; `urn` when it concerns one resource. */
export interface EngineDiagnostic {
  readonly urn?: string;
  readonly message: string;
}

/** An engine operation failed; the message says what, why and where the log is. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly diagnostics: readonly EngineDiagnostic[];
  /** The file that holds everything the engine and the program printed. */
  readonly logFile: string;

  constructor(what: string, diagnostics: readonly EngineDiagnostic[], logFile: string, options?: ErrorOptions) {
    const why = diagnostics.map(({ urn, message }) => {
      const text = message.replaceAll("\n", "\n    ");
      return urn === undefined ? `  ${text}` : `  ${resourceOf(urn)}\n    ${text}`;
    });
    super([`${what}:`, ...why, `  log: ${logFile}`].join("\n"), options);
    this.diagnostics = diagnostics;
    this.logFile = logFile;
  }
}

// format:  urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>
// example: urn:pulumi:dev::rds-sightline::sightline:network:Network$aws:ec2/vpc:Vpc::rds-network-vpc
const resourceOf = (urn: string): string => {
  const [, , types = "", name = urn] = urn.split("::");

  return `${types.split("$").at(-1) ?? ""} ${name}`.trim();
};
