import { join } from "node:path";
import { turnOnAccessControl } from "../aws/access-control";
import { type LambdaRunner, type LambdaRunnerOptions, startLambdaRunner } from "../aws/lambda-runner";
import { listFunctions } from "../aws/registry";
import type { RunFolder } from "./run-folder";
import type { Sandbox } from "./sandbox";

/** The folder that holds a log of each deployed function. */
export const functionLogs = ({ path }: RunFolder): string => join(path, "logs", "lambda");

/** Lets the deployed functions run, each under its own role, with access control on from now on. Once a sandbox. */
export async function runFunctions(
  { run, moto, region, admin }: Sandbox,
  options: Pick<LambdaRunnerOptions, "returnAfterSeconds">,
): Promise<LambdaRunner> {
  const functions = await listFunctions(run.path);
  const roleArns = functions.map(({ roleArn }) => roleArn);
  const credentials = await turnOnAccessControl(moto, roleArns);
  const place = { run: run.path, endpoint: moto.url, region, logFolder: functionLogs(run) };
  return startLambdaRunner({ ...place, credentials, admin, ...options });
}
