/** Key policies, short enough to be written down in a test. */
import { policyDocument, type Statement } from "../../components/policy-documents";

export const account = { accountId: "111122223333", region: "eu-west-1", partition: "aws" };
export const ROOT = { AWS: "arn:aws:iam::111122223333:root" };

/** A statement, as IAM would read it. */
export interface Row {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

export const rows = (statements: Statement[]): Row[] => JSON.parse(policyDocument(statements)).Statement;
export const through = (service: string) => ({
  StringEquals: { "kms:ViaService": `${service}.eu-west-1.amazonaws.com`, "kms:CallerAccount": "111122223333" },
});
export const behalf = (sourceArn: string) => ({
  StringEquals: { "aws:SourceAccount": "111122223333" },
  ArnLike: { "aws:SourceArn": sourceArn },
});
export const logs = (...arns: string[]) => ({ ArnEquals: { "kms:EncryptionContext:aws:logs:arn": arns } });
export const USE = ["Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "DescribeKey"];
/** Grants only of the service's own making. */
export const grants = (sid: string, service: string) => [
  `${sid}Grants`,
  ROOT,
  ["CreateGrant"],
  { ...through(service), Bool: { "kms:GrantIsForAWSResource": "true" } },
];

/** Sid, principal, actions without their service, condition: the whole statement but for Effect and Resource. */
export const short = ({ Sid, Principal, Action, Condition }: Row) => [
  Sid,
  Principal,
  Action.map((action) => action.replace(/^kms:/, "")),
  Condition,
];
