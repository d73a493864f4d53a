/** Flow logs of the past in a sandbox's archive, and backfills of them as the command line starts them. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteObjectCommand, GetObjectCommand } from "@aws-sdk/client-s3";
import { deliverFlowLogs, type FlowLogFile, flowLogDestinations } from "../../sandbox/aws/flow-delivery";
import { awsClients } from "../../sandbox/aws/provider/clients";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { unnoticed } from "./deployed-stack";

/** An execution, as far as DescribeExecution tells of it here. */
export interface Run {
  readonly executionArn: string;
  readonly status: string;
  readonly error?: string;
  readonly output?: string;
}

/** A batch of a run, as its results tell of it. */
export interface BatchRow {
  readonly keys: readonly string[];
  readonly answer: { readonly forwarded: number; readonly outside: number; readonly queued: readonly string[] };
}

/** An object of one connection, that of a client of its own, so many windows of five minutes after October began. */
const past = (at: number) => ({
  body: `srcaddr dstaddr srcport dstport protocol action\n10.0.66.${100 + at} 10.0.128.5 49152 5432 6 ACCEPT`,
  time: new Date(Date.parse("2026-10-01T00:00:00Z") + at * 300_000),
  connection: `10.0.66.${100 + at},10.0.128.5,5432,6`,
});

/** What was logged when October began, and right before. */
export const OCTOBER = Array.from({ length: 12 }, (_, at) => past(at));
export const SEPTEMBER = past(-1);

/** Backfills of a sandbox, by what its stack says. */
export class Backfilling {
  readonly #sandbox: Sandbox;
  readonly #machineArn: string;
  readonly #everything: object;

  /** @param command the stack's output `backfillCommand` */
  constructor(sandbox: Sandbox, command: string) {
    const [, machineArn, input] = /^aws stepfunctions .* --state-machine-arn (\S+) --input '(.+)'$/.exec(command) ?? [];
    assert.ok(machineArn && input, command);
    this.#sandbox = sandbox;
    this.#machineArn = machineArn;
    this.#everything = JSON.parse(input) as object;
  }

  /** Delivers to the bucket as if it had no notifications yet. Returns the keys. */
  async deliverUnnoticed(files: readonly FlowLogFile[]): Promise<readonly string[]> {
    const { moto, region, admin } = this.#sandbox;
    const options = { endpoint: moto.url, region, credentials: admin };
    return unnoticed(this.#sandbox, (destination) => deliverFlowLogs(destination, files, options));
  }

  /** Removes an object of the bucket that was delivered to. */
  async remove(Key: string): Promise<void> {
    const { moto, region, admin } = this.#sandbox;
    const options = { endpoint: moto.url, region, credentials: admin };
    const [destination] = await flowLogDestinations(options);
    await awsClients(options).s3.send(new DeleteObjectCommand({ Bucket: destination?.bucket, Key }));
  }

  /** Starts what the command starts, with more in its input. */
  start(more: object = {}): Promise<Run> {
    const input = JSON.stringify({ ...this.#everything, ...more });
    return this.#ask("StartExecution", { stateMachineArn: this.#machineArn, input });
  }

  /** Resolves when it does not run any more. */
  async ended({ executionArn }: Run): Promise<Run> {
    for (;;) {
      const run = await this.#ask("DescribeExecution", { executionArn });
      if (run.status !== "RUNNING") return run;
      await sleep(50);
    }
  }

  /** The batches that succeeded, from where the run's output says that its results are. */
  async succeeded({ output = "" }: Run): Promise<readonly BatchRow[]> {
    const { moto, region, admin } = this.#sandbox;
    const { s3 } = awsClients({ endpoint: moto.url, region, credentials: admin });
    const read = async (Bucket: string, Key: string): Promise<unknown> => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return JSON.parse((await Body?.transformToString()) ?? "");
    };
    const { Bucket, Key } = JSON.parse(output).ResultWriterDetails as { Bucket: string; Key: string };
    const { ResultFiles: files } = (await read(Bucket, Key)) as { ResultFiles: { SUCCEEDED: { Key: string }[] } };
    const rows = await Promise.all(files.SUCCEEDED.map((file) => read(Bucket, file.Key)));
    return (rows.flat() as { Input: string; Output: string }[]).map(({ Input, Output }) => ({
      keys: (JSON.parse(Input).Items as { key: string }[]).map(({ key }) => key),
      answer: JSON.parse(Output) as BatchRow["answer"],
    }));
  }

  async #ask(operation: string, body: object): Promise<Run> {
    const response = await fetch(this.#sandbox.stepFunctions.url, {
      method: "POST",
      headers: { "x-amz-target": `AWSStepFunctions.${operation}`, "content-type": "application/x-amz-json-1.0" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as Run;
  }
}
