import type * as pulumi from "@pulumi/pulumi";
import type { Account } from "../../components/account";
import { currentAccount } from "../../components/account";
import { StackNames } from "../../components/names";
import { settingsSchema } from "../../settings/schema";
import { ACCOUNT } from "./plausible-outputs";
import type { RecordedResource, Recording } from "./pulumi-recorder";

/** Every setting of a stack file that says nothing. */
export const DEFAULTS = settingsSchema.parse({});

/** What every component gets from the program. Only inside a recording. */
export function stackArgs(): { account: pulumi.Output<Account>; names: StackNames; logRetentionDays: number } {
  return { account: currentAccount(), names: new StackNames("dev"), logRetentionDays: DEFAULTS.logRetentionDays };
}

/** The ARN of something in the recordings' account and region. */
export function arnOf(service: string, rest: string): string {
  return `arn:aws:${service}:${ACCOUNT.region}:${ACCOUNT.accountId}:${rest}`;
}

/** One statement of a policy that was sent to AWS. */
export interface SentStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: readonly string[];
  readonly Resource?: "*" | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The statements of the policy in one input, `policy` unless told. */
export function statementsOf(resource: RecordedResource, input = "policy"): SentStatement[] {
  return JSON.parse(String(resource.inputs[input])).Statement;
}

/** `Sid -> statement`, for tests that are about some of them. */
export function statementsBySid(resource: RecordedResource, input?: string): Record<string, SentStatement | undefined> {
  return Object.fromEntries(statementsOf(resource, input).map((statement) => [statement.Sid, statement]));
}

/** True when the first resource was there before the second was begun, directly or by way of others. */
export function comesBefore(made: Recording<unknown>, first: string, second: string): boolean {
  const seen = new Set<string>();
  const reaches = (name: string): boolean => {
    if (seen.has(name)) return false;
    seen.add(name);
    return made.named(name).dependencies.some((dependency) => dependency === first || reaches(dependency));
  };
  return reaches(second);
}

/** The files of a function's code, by name, as they were sent. */
export async function codeOf(lambda: RecordedResource): Promise<Record<string, string>> {
  const { assets } = lambda.inputs["code"] as pulumi.asset.AssetArchive;
  const files = Object.entries(await assets).map(async ([name, asset]) => {
    return [name, await (asset as pulumi.asset.StringAsset).text] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}
