/** A run of a Distributed Map: what its reader finds, in batches, each an execution of its own, so many at once. */
import { randomUUID } from "node:crypto";
import { type FinishedBatch, resultFiles } from "./map-results";
import { StatesError } from "./states-error";
import type { MapState } from "./states-language";
import { StatesRun, type StatesServices } from "./states-run";
import { fill, type Sources } from "./templates";

// source: Step Functions developer guide, "Service quotas": the input of an execution
const MOST_BATCH_BYTES = 256 * 1024;

/** One object as the reader gives it. Source: Step Functions developer guide, "ItemReader", a list of S3 objects. */
export interface ListedItem {
  readonly Etag: string;
  readonly Key: string;
  /** Seconds since 1970. */
  readonly LastModified: number;
  readonly Size: number;
  readonly StorageClass: string;
}

/** What a map takes from outside, beside what its states do. */
export interface MapServices extends StatesServices {
  /** Lists the objects of a bucket, in the order of their keys. */
  list(bucket: string, prefix: string): Promise<readonly ListedItem[]>;
  put(bucket: string, key: string, text: string): Promise<void>;
  /** @throws StatesError when the role may not start an execution of the state machine, which each batch is */
  mayStartBatch(): Promise<void>;
  now(): Date;
}

interface Batch {
  readonly name: string;
  readonly items: readonly unknown[];
  readonly run: StatesRun;
  readonly input: string;
  startDate?: Date;
  stopDate?: Date;
  end?: Awaited<ReturnType<StatesRun["run"]>>;
}

/** A map's items, and what became of them so far. */
export class MapRun {
  readonly #state: MapState;
  readonly #sources: Sources;
  readonly #services: MapServices;
  readonly #id = randomUUID();
  readonly #arns: { readonly mapRun: string; readonly machine: string; readonly execution: string };
  #batches: readonly Batch[] | undefined;

  /** @param machineArn of the state machine that the map is part of */
  constructor(state: MapState, sources: Sources, machineArn: string, services: MapServices) {
    const ofMap = `${machineArn}/${state.Label}`;
    const like = (kind: string) => ofMap.replace(":stateMachine:", `:${kind}:`);
    this.#state = state;
    this.#sources = sources;
    this.#services = services;
    this.#arns = { machine: ofMap, mapRun: `${like("mapRun")}:${this.#id}`, execution: like("execution") };
  }

  /**
   * Runs the batches that have not succeeded yet, and writes what became of all of them. Once more failed than are tolerated no batch is
   * begun, and those that run are aborted.
   * @throws StatesError when it could not read or write, or too much failed
   */
  async run(signal: AbortSignal): Promise<unknown> {
    const { MaxConcurrency, ToleratedFailurePercentage: tolerated } = this.#state;
    this.#batches ??= await this.#read();
    const batches = this.#batches;
    await this.#services.mayStartBatch();
    const tooMany = new AbortController();
    const stop = AbortSignal.any([signal, tooMany.signal]);
    const left = batches.filter(({ end }) => end?.status !== "SUCCEEDED");
    for (const batch of left) delete batch.end;
    const waiting = [...left];
    const work = async (): Promise<void> => {
      for (let batch = waiting.shift(); batch !== undefined && !stop.aborted; batch = waiting.shift()) {
        await this.#runBatch(batch, stop);
        if (failedPercentage(batches) > tolerated) tooMany.abort();
      }
    };
    await Promise.all(Array.from({ length: MaxConcurrency }, work));
    const details = await this.#write(batches);
    signal.throwIfAborted();
    if (tooMany.signal.aborted) {
      throw new StatesError(
        "States.ExceedToleratedFailureThreshold",
        "The specified tolerated failure threshold was exceeded",
      );
    }
    return { MapRunArn: this.#arns.mapRun, ResultWriterDetails: details };
  }

  async #runBatch(batch: Batch, signal: AbortSignal): Promise<void> {
    batch.startDate = this.#services.now();
    batch.end = await batch.run.run(signal);
    batch.stopDate = this.#services.now();
  }

  async #read(): Promise<readonly Batch[]> {
    const { ItemReader, ItemSelector, ItemBatcher } = this.#state;
    const { Bucket, Prefix } = fill(ItemReader.Parameters, this.#sources) as {
      Bucket: string;
      Prefix?: string;
    };
    const found = await this.#services.list(Bucket, Prefix ?? "").catch((cause: Error) => {
      throw new StatesError("States.ItemReaderFailed", cause.message);
    });
    const { context } = this.#sources;
    const items = found.map((Value) =>
      ItemSelector === undefined
        ? Value
        : fill(ItemSelector, { ...this.#sources, context: { ...context, Map: { Item: { Value } } } }),
    );
    const { MaxItemsPerBatch, BatchInput } = ItemBatcher;
    const around = BatchInput === undefined ? {} : { BatchInput: fill(BatchInput, this.#sources) };
    return batchesOf(items, MaxItemsPerBatch, around).map((each) => this.#batch({ Items: each, ...around }));
  }

  #batch(input: { readonly Items: readonly unknown[] }): Batch {
    const run = new StatesRun(this.#state.ItemProcessor, this.#arns.machine, input, this.#services);
    return { name: randomUUID(), items: input.Items, run, input: JSON.stringify(input) };
  }

  async #write(batches: readonly Batch[]): Promise<{ Bucket: string; Key: string }> {
    const { Bucket, Prefix } = this.#state.ResultWriter.Parameters;
    const folder = `${Prefix}/${this.#id}`;
    const files = resultFiles(
      batches.map((batch) => this.#finished(batch)),
      {
        ...{ bucket: Bucket, folder, mapRunArn: this.#arns.mapRun },
      },
    );
    try {
      for (const { key, text } of files) await this.#services.put(Bucket, key, text);
    } catch (cause) {
      throw new StatesError("States.ResultWriterFailed", cause instanceof Error ? cause.message : String(cause));
    }
    return { Bucket, Key: `${folder}/manifest.json` };
  }

  #finished({ name, input, startDate, stopDate, end }: Batch): FinishedBatch {
    const { machine, execution } = this.#arns;
    return { name, arn: `${execution}:${name}`, machineArn: machine, input, startDate, stopDate, end };
  }
}

function failedPercentage(batches: readonly Batch[]): number {
  const count = (some: readonly Batch[]) => some.reduce((sum, { items }) => sum + items.length, 0);
  return (100 * count(batches.filter(({ end }) => end?.status === "FAILED"))) / Math.max(1, count(batches));
}

/** @param around what else is in the input of each */
function batchesOf(items: readonly unknown[], mostItems: number, around: object): unknown[][] {
  const mostBytes = MOST_BATCH_BYTES - Buffer.byteLength(JSON.stringify({ Items: [], ...around }));
  const batches: unknown[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const current = batches.at(-1);
    if (current === undefined || current.length === mostItems || bytes + size > mostBytes) {
      batches.push([item]);
      bytes = size;
    } else {
      current.push(item);
      bytes += size;
    }
  }
  return batches;
}
