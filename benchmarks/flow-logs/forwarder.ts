import { gzipSync } from "node:zlib";
import { bundleFunction } from "../../components/bundle";
import type { ForwarderEnvironment } from "../../functions/flow-forwarder/config";
import { V2_FORMAT } from "../../sandbox/traffic/flow-format";
import type { Table } from "../benchmark";
import { type ColdStart, measureColdStarts } from "../cold-start";

/** What the function weighs, and how soon it has decoded its first record, in milliseconds. */
export interface ForwarderFigures {
  readonly bundleBytes: number;
  readonly limitBytes: number;
  readonly coldStart: ColdStart;
  /** Of a handler that does nothing. */
  readonly emptyHandler: ColdStart;
}

/** A bundle above this starts slowly. */
const BUNDLE_LIMIT_BYTES = 300_000;

const ENVIRONMENT: ForwarderEnvironment = {
  PCE_HOST: "pce.example.com",
  PCE_PORT: "8443",
  PCE_ORG_ID: "1",
  PCE_CREDENTIALS_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pce-a1b2c3",
  SERVICE_PORTS: "5432",
  SEND_REJECTED: "false",
  QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs",
  PCE_REQUESTS_PER_MINUTE: "500",
  RESEND_AFTER_SECONDS: "3600",
  MAX_INFLATED_MB: "8192",
  MAX_INFLATION_RATIO: "200",
  FLOW_LOG_FORMAT: V2_FORMAT.fields.join(" "),
  FLOW_LOG_GROUP: "flow-logs",
  POWERTOOLS_SERVICE_NAME: "flow-forwarder",
  POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
  POWERTOOLS_LOG_LEVEL: "INFO",
};

const RECORD = "2 123456789012 eni-0a1b2c3d 10.0.0.5 10.0.1.20 49152 5432 6 10 840 1767312000 1767312060 ACCEPT OK";

/** Cold starts with a record to decode: after it the function asks for the PCE's credentials, which is its first call of AWS. */
export async function forwarderFigures(rounds: number): Promise<ForwarderFigures> {
  const bundle = bundleFunction("flow-forwarder");
  const event = { awslogs: { data: gzipSync(JSON.stringify(logEvents())).toString("base64") } };
  const [coldStart, emptyHandler] = await measureColdStarts(
    [
      { bundle, environment: { ...ENVIRONMENT }, memoryMb: 512, event },
      { bundle: "exports.handler = async () => ({});", environment: {}, memoryMb: 512 },
    ],
    rounds,
  );
  if (coldStart === undefined || emptyHandler === undefined) throw new Error("there are two cold starts to compare");
  return { bundleBytes: Buffer.byteLength(bundle), limitBytes: BUNDLE_LIMIT_BYTES, coldStart, emptyHandler };
}

function logEvents() {
  return {
    messageType: "DATA_MESSAGE",
    owner: "123456789012",
    logGroup: "flow-logs",
    logStream: "eni-0a1b2c3d-all",
    subscriptionFilters: ["forwarder"],
    logEvents: [{ id: "1", timestamp: 1_767_312_060_000, message: RECORD }],
  };
}

/** The figures for people. */
export function forwarderTable({ bundleBytes, limitBytes, coldStart, emptyHandler }: ForwarderFigures): Table {
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return {
    title: "What flow-forwarder costs to start",
    rows: [
      ["", "flow-forwarder", "anchor", "which is"],
      ["bundle", `${(bundleBytes / 1000).toFixed(0)} KB`, `${limitBytes / 1000} KB`, "the limit"],
      ["cold start: loaded", ms(coldStart.importedMs), ms(emptyHandler.importedMs), "an empty handler"],
      [
        "cold start: first record, and first answer of AWS",
        ...[ms(coldStart.answeredMs), ms(emptyHandler.answeredMs)],
        "an empty handler, without AWS",
      ],
    ],
  };
}
