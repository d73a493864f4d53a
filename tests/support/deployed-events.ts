/** Rules, targets, permissions and invoke configs in a run folder, as the AWS provider stand-in writes them. */
import { ACCOUNT_ID } from "../../sandbox/aws/moto";
import {
  type DeployedFunction,
  type DeployedInvokeConfig,
  type DeployedPermission,
  type DeployedRule,
  type DeployedRuleTarget,
  invokeConfigFile,
  permissionFile,
  ruleFile,
  ruleTargetFile,
  writeRecord,
} from "../../sandbox/aws/registry";
import { REGION } from "./emulated-aws";

export const ruleArn = (name: string): string => `arn:aws:events:${REGION}:${ACCOUNT_ID}:rule/${name}`;

export async function deployRule(run: string, more: Partial<DeployedRule> = {}): Promise<DeployedRule> {
  const name = more.name ?? "rule";
  const when = more.scheduleExpression ? {} : { eventPattern: { source: ["aws.rds"] } };
  const rule: DeployedRule = { name, arn: ruleArn(name), enabled: true, ...when, ...more };
  await writeRecord(ruleFile(run, name), rule);
  return rule;
}

export async function deployTarget(
  run: string,
  rule: DeployedRule,
  deployed: Pick<DeployedFunction, "arn">,
  more: Partial<DeployedRuleTarget> = {},
): Promise<void> {
  const target: DeployedRuleTarget = { rule: rule.name, targetId: "target", arn: deployed.arn, ...more };
  await writeRecord(ruleTargetFile(run, rule.name, target.targetId), target);
}

/** Lets a rule invoke a function. */
export async function deployPermission(
  run: string,
  functionName: string,
  rule: DeployedRule,
  more: Partial<DeployedPermission> = {},
): Promise<void> {
  const permission: DeployedPermission = {
    functionName,
    statementId: `from-${rule.name}`,
    principal: "events.amazonaws.com",
    action: "lambda:InvokeFunction",
    sourceArn: rule.arn,
    ...more,
  };
  await writeRecord(permissionFile(run, functionName, permission.statementId), permission);
}

export async function deployInvokeConfig(
  run: string,
  functionName: string,
  more: Partial<DeployedInvokeConfig> = {},
): Promise<void> {
  const config = { functionName, maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600, ...more };
  await writeRecord(invokeConfigFile(run, functionName), config satisfies DeployedInvokeConfig);
}
