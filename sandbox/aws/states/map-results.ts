/**
 * What a map's ResultWriter writes.
 *
 * source:  Step Functions developer guide, "ResultWriter": a file for each status, and a manifest that names them
 * format:  <prefix>/<id of the map run>/SUCCEEDED_0.json, FAILED_0.json, PENDING_0.json, manifest.json
 */
import type { StatesEnd } from "./states-run";

/** A batch as results tell of it; one that never began has no end. */
export interface FinishedBatch {
  readonly name: string;
  readonly arn: string;
  /** With the map's label. */
  readonly machineArn: string;
  readonly input: string;
  readonly startDate: Date | undefined;
  readonly stopDate: Date | undefined;
  readonly end: StatesEnd | undefined;
}

/** Where results go. */
export interface ResultPlace {
  readonly bucket: string;
  /** Without a slash at its end. */
  readonly folder: string;
  readonly mapRunArn: string;
}

interface ResultFile {
  readonly key: string;
  readonly text: string;
}

// failed and aborted ones are in one file: both are to be recovered from
const KINDS = { SUCCEEDED: ["SUCCEEDED"], FAILED: ["FAILED", "ABORTED"], PENDING: ["PENDING"] } as const;

/** The files of a map run; the manifest is the last. */
export function resultFiles(
  batches: readonly FinishedBatch[],
  { bucket, folder, mapRunArn }: ResultPlace,
): ResultFile[] {
  const files = Object.entries(KINDS).map(([kind, statuses]) => {
    const rows = batches.map(rowOf).filter(({ Status }) => statuses.some((status) => status === Status));
    return { kind, key: `${folder}/${kind}_0.json`, text: JSON.stringify(rows), isEmpty: rows.length === 0 };
  });
  const listed = files.map(({ kind, key, text, isEmpty }) => [
    kind,
    isEmpty ? [] : [{ Key: key, Size: Buffer.byteLength(text) }],
  ]);
  const manifest = {
    DestinationBucket: bucket,
    MapRunArn: mapRunArn,
    ResultFiles: Object.fromEntries(listed) as object,
  };
  return [
    ...files.filter(({ isEmpty }) => !isEmpty).map(({ key, text }) => ({ key, text })),
    { key: `${folder}/manifest.json`, text: JSON.stringify(manifest) },
  ];
}

function rowOf({ name, arn, machineArn, input, startDate, stopDate, end }: FinishedBatch) {
  return {
    ExecutionArn: arn,
    Input: input,
    InputDetails: { Included: true },
    Name: name,
    StateMachineArn: machineArn,
    Status: end?.status ?? "PENDING",
    ...(startDate && end && { StartDate: startDate.toISOString() }),
    ...(stopDate && end && { StopDate: stopDate.toISOString() }),
    ...(end?.status === "SUCCEEDED" && { Output: JSON.stringify(end.output), OutputDetails: { Included: true } }),
    ...(end?.status === "FAILED" && { Error: end.error, Cause: end.cause }),
  };
}
