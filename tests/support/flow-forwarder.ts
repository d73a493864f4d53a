import * as pulumi from "@pulumi/pulumi";
import { FlowForwarder, type FlowForwarderArgs } from "../../components/flow-forwarder";
import type { BackfillSettings, ForwarderSettings, PceSettings } from "../../settings";
import { arnOf, DEFAULTS, stackArgs } from "./components";
import { type Recording, record } from "./pulumi-recorder";

export const QUEUE_URL = "https://sqs.us-west-2.amazonaws.com/111122223333/forwarder-objects-queue-1a2b3c4";
export const QUEUE = arnOf("sqs", "forwarder-objects-queue-1a2b3c4");
export const ARCHIVE = { bucketName: "archive", bucketArn: "arn:aws:s3:::archive", keyArn: "flow-logs-key-arn" };
export const LOG_GROUP = {
  logGroupName: "flows",
  logGroupArn: arnOf("logs", "log-group:flows"),
  fields: ["srcaddr", "dstaddr"],
};

export interface Changes {
  readonly settings?: Partial<ForwarderSettings>;
  readonly pce?: Partial<PceSettings>;
  readonly network?: FlowForwarderArgs["network"];
  readonly backfill?: BackfillSettings;
  /** @default - an archive */
  readonly source?: FlowForwarderArgs["source"];
}

const recordings = new Map<string, Promise<Recording<FlowForwarder>>>();

/** A forwarder of the default settings but for these, recorded once. */
export function recordForwarder(changes: Changes = {}): Promise<Recording<FlowForwarder>> {
  const key = JSON.stringify(changes);
  const recording = recordings.get(key) ?? record(() => newForwarder(changes));
  recordings.set(key, recording);
  return recording;
}

function newForwarder({ settings, pce, network, backfill, source = { archive: ARCHIVE } }: Changes): FlowForwarder {
  return new FlowForwarder("forwarder", {
    ...stackArgs(),
    settings: { ...DEFAULTS.forwarder, ...settings },
    pce: {
      host: "pce.example.com",
      port: 8443,
      orgId: 1,
      requestsPerMinute: 500,
      cidrs: ["0.0.0.0/0"],
      credentials: { apiKeyId: "api_1234", apiSecret: pulumi.secret("hush") },
      ...pce,
    },
    servicePorts: [5432],
    source,
    keyArn: "messages-key-arn",
    alarmTopicArn: "topic-arn",
    network,
    backfill,
  });
}

/** The variables of the one function. */
export function environmentOf(made: Recording<unknown>): Record<string, string> {
  const { environment } = made.one("aws:lambda/function:Function").inputs;
  return (environment as { variables: Record<string, string> }).variables;
}
