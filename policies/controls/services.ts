import type { Control } from "./control";

/** What the checklists ask, by row of docs/controls.md. */
export const servicesControls = {
  30: {
    asks: "kms.Key: enableKeyRotation: true",
    ids: "CKV_AWS_7, SH KMS.4, CIS3 3.6, AVD-AWS-0065, nag KMS5, awsguard cmk-backing-key-rotation-enabled",
  },
  31: {
    asks: "kms.Key: explicit policy, no Principal:*; enabled; deletion window",
    ids: "CKV2_AWS_64, CKV_AWS_33, CKV_AWS_227, SH KMS.3, SH KMS.5",
  },
  32: { asks: "IAM policy: no kms:Decrypt on *", ids: "SH KMS.1, SH KMS.2" },
  62: { asks: "lambda: supported runtime", ids: "CKV_AWS_363, SH Lambda.2, nag L1" },
  63: { asks: "lambda: reservedConcurrentExecutions", ids: "CKV_AWS_115, nag LambdaConcurrency" },
  64: {
    asks: "lambda: DLQ / on-failure destination",
    ids: "CKV_AWS_116, nag LambdaDLQ",
    met: {
      how: "What a function can't do waits in its queue or its dead-letter queue, with an alarm",
      test: {
        file: "tests/components/work-queue.test.ts",
        title: "keeps what it gave up encrypted for 14 days, longer than it keeps messages itself",
      },
    },
  },
  65: {
    asks: "lambda: in VPC, ≥ 2 AZs (or a stated reason not to)",
    ids: "CKV_AWS_117, SH Lambda.3, SH Lambda.5",
    exception:
      "`forwarder.inVpc` and `frontDoor.syncInVpc` put functions into the VPC; by default they are outside, as they call AWS and the PCE only, and so the VPC needs no way out",
  },
  66: { asks: "lambda: no secrets in env; env encrypted with CMK when there is env", ids: "CKV_AWS_45, CKV_AWS_173" },
  67: { asks: "lambda: tracingConfig: Active", ids: "CKV_AWS_50, AVD-AWS-0066" },
  68: {
    asks: "lambda: code signing (optional)",
    ids: "CKV_AWS_272",
    exception:
      "The bundle is built from the checkout that is deployed, by whoever deploys it; a signature by the same hand proves nothing more",
  },
  69: {
    asks: "lambda.Permission: sourceArn and sourceAccount for S3; no * principal",
    ids: "CKV_AWS_364, CKV_AWS_301, SH Lambda.1, AVD-AWS-0067",
  },
  70: {
    asks: "sqs (DLQ): SSE (CMK), TLS-only policy, no *",
    ids: "CKV_AWS_27, CKV2_AWS_73, CKV_AWS_72, CKV_AWS_168, CKV_AWS_387, SH SQS.1, SH SQS.3, AVD-AWS-0096, AVD-AWS-0097, AVD-AWS-0135, nag SQS4",
  },
  71: {
    asks: "sns (alarms): CMK, policy scoped",
    ids: "CKV_AWS_26, CKV_AWS_169, CKV_AWS_385, SH SNS.1, SH SNS.4, AVD-AWS-0095, AVD-AWS-0136",
  },
  72: {
    asks: "logs.LogGroup: created by us for RDS exports, Lambda; retentionInDays ≥ 365; kmsKeyId",
    ids: "CKV_AWS_66, CKV_AWS_338, CKV_AWS_158, AVD-AWS-0017",
  },
  73: { asks: "cloudwatch alarm: actions enabled", ids: "CKV_AWS_319" },
  74: {
    asks: "IAM: no * action/resource; per-function role; no privilege escalation",
    ids: "CKV_AWS_60–63, CKV_AWS_286–290, CKV_AWS_355, AVD-AWS-0057, nag IAM4, nag IAM5",
  },
} as const satisfies Readonly<Record<number, Control>>;
