import { DescribeKeyCommand, GetKeyPolicyCommand, ListAliasesCommand } from "@aws-sdk/client-kms";
import type { PolicyRequest, Refusal } from "../../policy-evaluation";
import { refusalOf } from "../../policy-evaluation";
import { ifFound } from "../found";
import { RefusedError } from "../resource-type";
import type { World } from "../world";

/** The ARN of a key given by id, ARN or alias; refuses one that does not exist or waits for its deletion. */
export async function requireKey(world: World, key: string, code: string): Promise<string> {
  // AWS makes its own keys (alias/aws/<service>) when a service first needs them
  if (/(^|:)alias\/aws\//.test(key)) return key;
  const found = await ifFound(world.aws.kms.send(new DescribeKeyCommand({ KeyId: key })));
  const { Arn: arn, Enabled: enabled = false } = found?.KeyMetadata ?? {};
  if (arn === undefined || !enabled) {
    throw new RefusedError(
      code,
      `KMS key ${key} ${arn === undefined ? "does not exist" : "is not enabled"}; make it first`,
    );
  }
  return arn;
}

/** Refuses a key given as id or alias where AWS wants the key's ARN, and one that does not exist. */
export async function requireKeyArn(world: World, key: string, code: string): Promise<void> {
  if (!/^arn:aws:kms:[^:]+:\d{12}:key\//.test(key)) {
    throw new RefusedError(code, `"${key}" is not the ARN of a KMS key; give the key's arn, not its id or alias`);
  }
  await requireKey(world, key, code);
}

/** What the key's policy refuses the principal of the actions; undefined when it allows all, and for AWS's own keys. */
export async function refusalByKey(
  world: World,
  key: string,
  actions: readonly string[],
  request: Pick<PolicyRequest, "principal" | "context">,
): Promise<Refusal | undefined> {
  const arn = await requireKey(world, key, "KMS.NotFoundException");
  if (arn.includes("alias/aws/")) return undefined;
  const { Policy: policy } = await world.aws.kms.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: "default" }));
  return refusalOf(
    [policy],
    actions.map((action) => ({ ...request, action, resource: arn })),
  );
}

/** True when the alias exists. */
export async function aliasStands({ aws: { kms } }: World, name: string): Promise<boolean> {
  const { Aliases: aliases = [] } = await kms.send(new ListAliasesCommand({}));
  return aliases.some((each) => each.AliasName === name);
}
