/** What the stack deployed of Step Functions: the AWS provider stand-in writes it, the player reads it. */
import { join } from "node:path";
import { listRecords, readRecord } from "../registry";

/** A state machine as it was deployed. File: `<run>/states/machines/<name>.json`. */
export interface DeployedStateMachine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** As it was given: `readDefinition` takes it. */
  readonly definition: string;
  /** ARN of the log group without `:*`. Absent = nothing is logged. */
  readonly logGroupArn?: string;
  /** Key that encrypts the definition and the executions. Absent = AWS's own. */
  readonly kmsKeyArn?: string;
}

/** The file that describes a state machine. */
export const stateMachineFile = (run: string, name: string): string => join(run, "states", "machines", `${name}.json`);

/** The state machines deployed now. */
export const listStateMachines = (run: string): Promise<readonly DeployedStateMachine[]> =>
  listRecords<DeployedStateMachine>(join(run, "states", "machines"));

/** The state machine with this name, `undefined` when it is not deployed. */
export const readStateMachine = (run: string, name: string): Promise<DeployedStateMachine | undefined> =>
  readRecord<DeployedStateMachine>(stateMachineFile(run, name));
