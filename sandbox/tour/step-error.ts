/** A step of the tour did not hold. The message says what and why; `logs` are the files to look at. */
export class StepError extends Error {
  override readonly name = "StepError";
  readonly logs: readonly string[];

  constructor(what: string, why: readonly string[], logs: readonly string[], options?: ErrorOptions) {
    super([`${what}:`, ...why.map((each) => `  ${each.replaceAll("\n", "\n  ")}`)].join("\n"), options);
    this.logs = logs;
  }
}
