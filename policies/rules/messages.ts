import { numberOf, textsOf, unless, unlessSet } from "../judging";
import type { ResourceRule } from "../rule";
import { faultOfAccess } from "../statements";

const SHORTEST_RETENTION_DAYS = 365;

export const messageRules: readonly ResourceRule[] = [
  {
    name: "queue-encrypted",
    level: "mandatory",
    row: 70,
    types: ["aws:sqs/queue:Queue"],
    says: "A queue is encrypted with a key of your own",
    remedy: "Set kmsMasterKeyId",
    judge: (props) => unlessSet(props, "kmsMasterKeyId"),
  },
  {
    name: "queue-refuses-plain-text",
    level: "mandatory",
    row: 70,
    types: ["aws:sqs/queuePolicy:QueuePolicy"],
    says: "A queue refuses requests without TLS, and lets nobody in without a condition",
    remedy: "Deny everyone sqs:* where aws:SecureTransport is false",
    judge: (props) => faultOfAccess(props["policy"]),
  },
  {
    name: "topic-encrypted",
    level: "mandatory",
    row: 71,
    types: ["aws:sns/topic:Topic"],
    says: "A topic is encrypted with a key of your own",
    remedy: "Set kmsMasterKeyId",
    judge: (props) => unlessSet(props, "kmsMasterKeyId"),
  },
  {
    name: "topic-refuses-plain-text",
    level: "mandatory",
    row: 71,
    types: ["aws:sns/topicPolicy:TopicPolicy"],
    says: "A topic refuses requests without TLS, and lets nobody in without a condition",
    remedy: "Deny everyone sns:Publish where aws:SecureTransport is false",
    judge: (props) => faultOfAccess(props["policy"]),
  },
  {
    name: "log-group-kept",
    level: "mandatory",
    row: 72,
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    says: "Logs are kept for a year, not for ever",
    remedy: `Set retentionInDays to ${SHORTEST_RETENTION_DAYS} or more`,
    judge: (props) =>
      numberOf(props["retentionInDays"], 0) >= SHORTEST_RETENTION_DAYS
        ? undefined
        : `retentionInDays is ${String(props["retentionInDays"] ?? "not set")}`,
  },
  {
    name: "log-group-encrypted",
    level: "mandatory",
    row: 72,
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    says: "Logs are encrypted with a key of your own",
    remedy: "Set kmsKeyId",
    judge: (props) => unlessSet(props, "kmsKeyId"),
  },
  {
    name: "alarm-acts",
    level: "mandatory",
    row: 73,
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
    says: "An alarm tells somebody",
    remedy: "Set alarmActions, and leave actionsEnabled",
    judge: (props) =>
      unless(props, "actionsEnabled", true, undefined) ??
      (textsOf(props["alarmActions"]).length > 0 ? undefined : "alarmActions is empty or not set"),
  },
];
