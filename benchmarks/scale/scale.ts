import { MOST_REMEMBERED } from "../../functions/flow-forwarder/sent-connections";
import type { TextSpeed } from "../flow-logs/speed";
import { PRICES } from "./prices";

// What so many connections a second cost, and where the first limit lies: arithmetic on measured figures, list prices and settings.

/** What was measured of the stack's own format, on one core. */
export type Measured = Pick<TextSpeed, "lines" | "textBytes" | "fileBytes" | "decodeMs">;

/** The settings that the arithmetic depends on. */
export interface ScaleSettings {
  readonly aggregationSeconds: number;
  readonly retentionDays: number;
  readonly maximumConcurrency: number;
  readonly memoryMb: number;
  readonly resendAfterMinutes: number;
  readonly requestsPerMinute: number;
}

/** A load: connections opened in a second, and how many different ones (client, server, port, protocol) an hour has. */
export interface Load {
  readonly connectionsPerSecond: number;
  readonly differentConnections: number;
}

/** What a load comes to. Dollars are per month. */
export interface Scale extends Load {
  readonly linesPerSecond: number;
  readonly deliveredGbPerMonth: number;
  readonly objectsPerMonth: number;
  /** How many invocations run at once, on average. */
  readonly invocationsAtOnce: number;
  /** Of those that `forwarder.maximumConcurrency` allows, from 0 on; above 1 it has to be raised. */
  readonly concurrencyUsed: number;
  readonly pceRequestsPerMinute: number;
  /** Of `pce.requestsPerMinute`, from 0 on; above 1 the PCE's limit is reached. */
  readonly requestsUsed: number;
  readonly deliveryDollars: number;
  readonly storageDollars: number;
  readonly lambdaDollars: number;
  readonly objectDollars: number;
}

/** A connection that ends within one aggregation interval is two records, one for each direction. */
export const LINES_PER_CONNECTION = 2;
/** Flow logs of the default scope: one for each database subnet of two zones. */
export const FLOW_LOGS = 2;
/** Flow logs are delivered each five minutes. Source: VPC user guide, "Publish flow logs to Amazon S3". */
export const DELIVERY_SECONDS = 300;
/** A file is closed at 75 MB, whichever size AWS means: taken as gzip. Source: the same page. */
export const MAX_OBJECT_BYTES = 75e6;
/** An invocation's time beside decoding: S3, the PCE, the queue. Assumed, not measured: it depends on the network between them. */
export const SECONDS_PER_OBJECT = 0.5;
/** Lines of a request to the PCE. Source: Bulk Traffic Loader. */
export const LINES_PER_REQUEST = 1_000;
/** Memory of a function for which it has one whole core. Source: Lambda developer guide, "Configure memory". */
const MB_PER_CORE = 1_769;
const SECONDS_PER_MONTH = 86_400 * 30;
const GB = 1e9;

/** Computes what a load comes to. */
export function scaleOf(load: Load, measured: Measured, settings: ScaleSettings): Scale {
  const linesPerSecond = LINES_PER_CONNECTION * load.connectionsPerSecond;
  const textBytesPerSecond = (linesPerSecond * measured.textBytes) / measured.lines;
  const gzipBytesPerSecond = (linesPerSecond * measured.fileBytes) / measured.lines;
  const objectsPerSecond = Math.max(FLOW_LOGS / DELIVERY_SECONDS, gzipBytesPerSecond / MAX_OBJECT_BYTES);
  const invocationsAtOnce =
    linesPerSecond / linesPerInvocationSecond(measured, settings) + objectsPerSecond * SECONDS_PER_OBJECT;
  const instances = Math.max(1, Math.min(settings.maximumConcurrency, Math.ceil(invocationsAtOnce)));
  const pceLinesPerMinute = Math.min(
    60 * load.connectionsPerSecond,
    (instances * load.differentConnections) / settings.resendAfterMinutes +
      60 * objectsPerSecond * forgottenInObject(load, load.connectionsPerSecond / objectsPerSecond),
  );
  // full requests, or one for each object that has something new
  const pceRequestsPerMinute = Math.max(
    pceLinesPerMinute / LINES_PER_REQUEST,
    Math.min(60 * objectsPerSecond, pceLinesPerMinute),
  );
  const deliveredGbPerMonth = (textBytesPerSecond * SECONDS_PER_MONTH) / GB;
  const objectsPerMonth = objectsPerSecond * SECONDS_PER_MONTH;
  const keptGb = (gzipBytesPerSecond * 86_400 * settings.retentionDays) / GB;
  return {
    ...load,
    ...{ linesPerSecond, deliveredGbPerMonth, objectsPerMonth, invocationsAtOnce, pceRequestsPerMinute },
    concurrencyUsed: invocationsAtOnce / settings.maximumConcurrency,
    requestsUsed: pceRequestsPerMinute / settings.requestsPerMinute,
    deliveryDollars: deliveryDollars(deliveredGbPerMonth),
    storageDollars: keptGb * PRICES.storagePerGbMonth,
    lambdaDollars:
      invocationsAtOnce * SECONDS_PER_MONTH * (settings.memoryMb / 1_024) * PRICES.lambdaPerGbSecond +
      objectsPerMonth * PRICES.lambdaPerRequest,
    objectDollars: objectsPerMonth * PRICES.perObject,
  };
}

/** How many lines one invocation decodes in a second. */
export function linesPerInvocationSecond(measured: Measured, { memoryMb }: Pick<ScaleSettings, "memoryMb">): number {
  // decoding has one core's worth of work; more memory than a core's speeds up little of it
  return ((1_000 * measured.lines) / measured.decodeMs) * Math.min(1, memoryMb / MB_PER_CORE);
}

/** Connections a second that the forwarder keeps up with, all its invocations decoding all the time. */
export function mostConnectionsPerSecond(measured: Measured, settings: ScaleSettings): number {
  return (settings.maximumConcurrency * linesPerInvocationSecond(measured, settings)) / LINES_PER_CONNECTION;
}

/** Different connections in the time of `resendAfterMinutes` that every instance at work can remember, and the PCE takes of all of them. */
export function mostDifferentConnections(settings: ScaleSettings): number {
  const { requestsPerMinute, resendAfterMinutes, maximumConcurrency } = settings;
  return Math.min(MOST_REMEMBERED, (requestsPerMinute * LINES_PER_REQUEST * resendAfterMinutes) / maximumConcurrency);
}

/** Of the different connections in an object, those that an instance was sent before and has forgotten: it remembers half of its most at least. */
function forgottenInObject({ differentConnections: all }: Load, connections: number): number {
  if (all <= MOST_REMEMBERED) return 0;
  const different = all * (1 - Math.exp(-connections / all));
  return different * (1 - MOST_REMEMBERED / 2 / all);
}

function deliveryDollars(gb: number): number {
  return PRICES.deliveryTiers.reduce((sum, { fromGb, perGb }, at) => {
    const toGb = PRICES.deliveryTiers[at + 1]?.fromGb ?? Number.POSITIVE_INFINITY;
    return sum + Math.max(0, Math.min(gb, toGb) - fromGb) * perGb;
  }, 0);
}
