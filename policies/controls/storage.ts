import type { Control } from "./control";

/** What the checklists ask, by row of docs/controls.md. */
export const storageControls = {
  53: {
    asks: "s3.BucketPublicAccessBlock: all four true",
    ids: "CKV_AWS_53–56, CKV2_AWS_6, SH S3.1, SH S3.8, CIS3 2.1.4, AVD-AWS-0086–0094, nag S2",
  },
  54: { asks: "s3 encryption: SSE-KMS with CMK + bucket key", ids: "CKV_AWS_19, CKV_AWS_145, AVD-AWS-0132, SH S3.17" },
  55: {
    asks: "s3.BucketPolicy: deny aws:SecureTransport=false (+ TLS ≥ 1.2)",
    ids: "CKV_AWS_379, SH S3.5, CIS3 2.1.1, nag S10",
  },
  56: { asks: "s3 versioning: enabled", ids: "CKV_AWS_21, SH S3.14, AVD-AWS-0090" },
  57: { asks: "s3 lifecycle: expiry, noncurrent expiry, abort multipart", ids: "CKV2_AWS_61, CKV_AWS_300, SH S3.13" },
  58: { asks: "s3 ownership: BucketOwnerEnforced (ACLs off)", ids: "CKV2_AWS_65, SH S3.12" },
  59: {
    asks: "s3 logging: server-access logs to a log bucket",
    ids: "CKV_AWS_18, SH S3.9, AVD-AWS-0089, nag S1",
    exception:
      "Server access logs would need a bucket that is not logged itself; who reads the archive is in CloudTrail's data events, where they are turned on",
  },
  60: {
    asks: "s3 notifications: event notification set",
    ids: "CKV2_AWS_62, SH S3.11",
    met: {
      how: "The bucket notifies the forwarder of each object",
      test: {
        file: "tests/components/flow-forwarder.test.ts",
        title: "is told of every new object below the flow logs' prefix, once it may be told",
      },
    },
  },
  61: {
    asks: "s3 object lock / CRR: optional",
    ids: "CKV_AWS_143, CKV_AWS_144, SH S3.15",
    exception: "Flow logs are operational data with an end; versions and the bucket's protection keep them until then",
  },
} as const satisfies Readonly<Record<number, Control>>;
