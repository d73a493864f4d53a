/**
 * What Lambda refuses of a function's inputs.
 *
 * source: Lambda API, CreateFunction; Lambda developer guide, "Lambda quotas"
 */
import type * as aws from "@pulumi/aws";
import type { Plain } from "../resource-type";
import { RefusedError } from "../resource-type";

/** A function's inputs. */
export type FunctionInputs = Plain<aws.lambda.FunctionArgs>;

const NAME_LENGTH = 64;
const ENVIRONMENT_BYTES = 4096;
const INLINE_CODE_BYTES = 50 * 1024 * 1024;
// what an account has at first, and how much of it no function may take from the others
const ACCOUNT_CONCURRENCY = 1000;
const UNRESERVED_CONCURRENCY = 100;
const RUNTIMES = ["nodejs20.x", "nodejs22.x", "nodejs24.x"];
// source: Lambda developer guide, "Defined runtime environment variables", the reserved ones
const RESERVED_VARIABLES =
  /^(AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY.*|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_.*)|_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_.*)$/;
const ALLOWED_ANYWAY = new Set(["AWS_LAMBDA_EXEC_WRAPPER", "AWS_LAMBDA_LOG_LEVEL", "AWS_LAMBDA_LOG_FORMAT"]);

/** Throws the first thing that Lambda would refuse; messages hold names of variables, never values. */
export function requireValidFunction(name: string, inputs: FunctionInputs, codeBytes: number): void {
  const { timeout = 3, memorySize = 128, architectures = ["x86_64"], runtime = "", handler = "" } = inputs;
  if (name.length > NAME_LENGTH || !/^[a-zA-Z0-9_-]+$/.test(name)) {
    refuse(
      `function name "${name}" (${name.length} characters) is not valid; 1 to ${NAME_LENGTH} of a-z, A-Z, 0-9, _ and -`,
    );
  }
  if (timeout < 1 || timeout > 900) refuse(`timeout must be 1 to 900 seconds, got ${timeout}`);
  if (memorySize < 128 || memorySize > 10_240) refuse(`memory must be 128 to 10240 MB, got ${memorySize}`);
  if (!RUNTIMES.includes(runtime)) refuse(`the sandbox runs ${RUNTIMES.join(", ")}, got "${runtime}"`);
  if (!/^[^\s]{1,128}\.[a-zA-Z0-9_]+$/.test(handler))
    refuse(`handler "${handler}" is not file.export, for example index.handler`);
  if (architectures.length !== 1 || !["arm64", "x86_64"].includes(architectures[0] ?? "")) {
    refuse(`architectures must be one of arm64 and x86_64, got ${architectures.join(", ")}`);
  }
  if (codeBytes > INLINE_CODE_BYTES) refuse(`code must be at most ${INLINE_CODE_BYTES} bytes, got ${codeBytes}`);
  requireEnvironment(inputs.environment?.variables ?? {});
}

/** Throws when a function reserves more executions than Lambda lets it; -1 is the AWS provider's word for no reservation. */
export function requireReservable(count: number | undefined, reservedByOthers: readonly number[]): void {
  if (count === undefined || count === -1) return;
  if (!Number.isInteger(count) || count < 0) refuse(`reserved concurrency must be a whole number from 0, got ${count}`);
  const left = ACCOUNT_CONCURRENCY - reservedByOthers.reduce((sum, each) => sum + each, count);
  if (left >= UNRESERVED_CONCURRENCY) return;
  refuse(
    `specified ReservedConcurrentExecutions ${count} decreases the account's unreserved executions to ${left}, ` +
      `below its minimum of ${UNRESERVED_CONCURRENCY} of ${ACCOUNT_CONCURRENCY}`,
  );
}

function requireEnvironment(variables: Readonly<Record<string, string>>): void {
  const bytes = Object.entries(variables).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);
  if (bytes > ENVIRONMENT_BYTES) {
    refuse(`environment variables must have at most ${ENVIRONMENT_BYTES} bytes together, got ${bytes}`);
  }
  for (const name of Object.keys(variables)) {
    if (!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name)) refuse(`environment variable name "${name}" is not valid`);
    if (RESERVED_VARIABLES.test(name) && !ALLOWED_ANYWAY.has(name))
      refuse(`environment variable ${name} is reserved by Lambda`);
  }
}

function refuse(message: string): never {
  throw new RefusedError("InvalidParameterValueException", message);
}
