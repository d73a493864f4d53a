import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaEnvironment } from "../sandbox/aws/lambda-environment";
import type { DeployedFunction } from "../sandbox/aws/registry";
import { medianOf } from "./benchmark";

/** Milliseconds of a cold start: from the start of the process. */
export interface ColdStart {
  /** Until the handler is loaded. */
  readonly importedMs: number;
  /** Until the first invocation has had its first answer of AWS, a refusal, and ended. */
  readonly answeredMs: number;
}

/** A function's code and variables. */
export interface Code {
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** What the first invocation is given. @default {} */
  readonly event?: unknown;
}

// not retried by the SDK, in the form that ELBv2 answers in
const REFUSAL = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>a benchmark's answer</Message></Error></ErrorResponse>`;

/**
 * Starts each code in processes of its own, in turns, and gives the medians. The first round is not counted: it fills the disk's
 * cache for both.
 */
export async function measureColdStarts(codes: readonly Code[], rounds: number): Promise<readonly ColdStart[]> {
  const scratch = mkdtempSync(join(tmpdir(), "sightline-bench-"));
  const server = createServer((_, response) => response.writeHead(403, { "content-type": "text/xml" }).end(REFUSAL));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const starts = codes.map((): ColdStart[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [index, code] of codes.entries()) {
        const start = await startOnce(code, join(scratch, `${index}`), endpoint);
        if (round > 0) starts[index]?.push(start);
      }
    }
    return starts.map((some) => ({
      importedMs: medianOf(some.map(({ importedMs }) => importedMs)) ?? Number.NaN,
      answeredMs: medianOf(some.map(({ answeredMs }) => answeredMs)) ?? Number.NaN,
    }));
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function startOnce(
  { bundle, environment, memoryMb, event = {} }: Code,
  codeDir: string,
  endpoint: string,
): Promise<ColdStart> {
  mkdirSync(codeDir, { recursive: true });
  writeFileSync(join(codeDir, "index.js"), bundle);
  const deployed: DeployedFunction = {
    name: "benchmark",
    arn: "arn:aws:lambda:eu-west-1:123456789012:function:benchmark",
    roleArn: "",
    runtime: "nodejs22.x",
    handler: "index.handler",
    timeoutSeconds: 60,
    memoryMb,
    environment,
    codeDir,
    architectures: ["arm64"],
  };
  const startedMs = performance.now();
  const process = new LambdaEnvironment({
    deployed,
    credentials: { accessKeyId: "AKIABENCHMARK", secretAccessKey: "of-a-benchmark" },
    endpoint,
    region: "eu-west-1",
    logGroup: "benchmark",
    logStream: "benchmark",
    nodeModules: join(__dirname, "..", "node_modules"),
    line: () => undefined,
  });
  try {
    const failure = await process.initialised("benchmark");
    if (failure !== undefined) throw new Error(`the bundle did not load: ${JSON.stringify(failure)}`);
    const importedMs = performance.now() - startedMs;
    await process.invoke("benchmark", event);
    return { importedMs, answeredMs: performance.now() - startedMs };
  } finally {
    await process.stop();
  }
}
