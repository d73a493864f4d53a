/** Step Functions' API on 127.0.0.1, for a client on the command line: StartExecution, DescribeExecution, StopExecution, RedriveExecution. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ExecutionDescription } from "./executions";
import { StatesApiError } from "./states-error";
import type { StartExecution } from "./step-functions";

const ADDRESS = "127.0.0.1";
// format: POST / with x-amz-target: AWSStepFunctions.<operation>, and JSON both ways
const TARGET = /^AWSStepFunctions\.(\w+)$/;
const JSON_TYPE = "application/x-amz-json-1.0";

/** What the API asks of the player. Rejections carry AWS's name for the error as theirs. */
export interface Executions {
  start(request: StartExecution): Promise<ExecutionDescription>;
  describe(executionArn: string): ExecutionDescription;
  stop(executionArn: string): Promise<ExecutionDescription>;
  redrive(executionArn: string): Promise<ExecutionDescription>;
}

/** A listening API. */
export interface StatesApi {
  readonly url: string;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Starts listening on a free port. */
export async function startStatesApi(executions: Executions): Promise<StatesApi> {
  const server = createServer((request, response) => {
    answer(request, executions)
      .then((body) => respond(response, 200, body))
      .catch((cause: Error) => respond(response, 400, { __type: cause.name, message: cause.message }))
      .catch(() => response.destroy());
  });
  server.listen(0, ADDRESS);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url: `http://${ADDRESS}:${port}`, close };
}

async function answer(request: IncomingMessage, executions: Executions): Promise<object> {
  const [, operation = ""] = TARGET.exec(String(request.headers["x-amz-target"])) ?? [];
  const { executionArn = "", ...start } = JSON.parse(await text(request)) as { executionArn?: string } & StartExecution;
  switch (operation) {
    case "StartExecution":
      return pick(await executions.start(start), "executionArn", "startDate");
    case "DescribeExecution":
      return executions.describe(executionArn);
    case "StopExecution":
      return pick(await executions.stop(executionArn), "stopDate");
    case "RedriveExecution":
      await executions.redrive(executionArn);
      return { redriveDate: new Date() };
    default:
      throw new StatesApiError("UnknownOperationException", `the sandbox plays no ${operation || "such operation"}`);
  }
}

function pick<K extends keyof ExecutionDescription>(description: ExecutionDescription, ...keys: readonly K[]) {
  return Object.fromEntries(keys.map((key) => [key, description[key]]));
}

// JSON 1.0 has dates as seconds since 1970
function respond(response: ServerResponse, status: number, body: object): void {
  const dated = Object.entries(body).map(([key, value]: [string, unknown]) => [
    key,
    value instanceof Date ? value.getTime() / 1_000 : value,
  ]);
  response.writeHead(status, { "content-type": JSON_TYPE });
  response.end(JSON.stringify(Object.fromEntries(dated)));
}
