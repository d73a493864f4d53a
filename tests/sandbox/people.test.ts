import assert from "node:assert/strict";
import { CreateRoleCommand, DeleteRoleCommand, ListAttachedRolePoliciesCommand } from "@aws-sdk/client-iam";
import { trustOf } from "../../components/policy-documents";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { rolePolicies } from "../../sandbox/aws/provider/iam/roles";
import { leftovers } from "../../sandbox/tour/leftovers";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { decision } from "../support/iam";
import { suiteSandbox } from "../support/suite-sandbox";

const ROLE = "database-team";
const certificate = (digit: string) =>
  `arn:aws:acm:us-west-2:111122223333:certificate/${digit.repeat(8)}-1111-2222-3333-${digit.repeat(12)}`;
const configOf = (maxMinutes: number, protect: readonly string[]) => ({
  "rds-sightline:frontDoor": {},
  "rds-sightline:access": {
    operators: protect.length > 0 ? [] : [`role/${ROLE}`],
    protect,
    connect: { app: [`role/${ROLE}`] },
  },
  "rds-sightline:bastion": { maxMinutes, principals: [`role/${ROLE}`] },
  "rds-sightline:clientVpn": { serverCertificateArn: certificate("a"), clientCertificateArn: certificate("b") },
});
const OPERATED = configOf(480, []);
const PROTECTED = configOf(60, [`role/${ROLE}`]);

describe("The access of people to a whole stack, deployed by the real engine", function () {
  this.timeout(180_000);
  let sandbox: Sandbox;

  const iam = () => awsClients({ endpoint: sandbox.moto.url, region: sandbox.region, credentials: sandbox.admin }).iam;

  suiteSandbox("people", {}, async (opened) => {
    sandbox = opened;
    await iam().send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: trustOf("ec2.amazonaws.com") }));
  });

  /** What IAM says to the role, with the policies that are attached to it now. */
  async function mayModify(): Promise<string> {
    const policies = await rolePolicies({ aws: { iam: iam() } }, `arn:aws:iam::123456789012:role/${ROLE}`);
    const statements = policies.flatMap(
      (policy) => JSON.parse(policy).Statement as { Action: string[]; Resource: string[] }[],
    );
    const resource = statements.find(({ Action }) => Action.includes("rds:ModifyDBInstance"))?.Resource[0] ?? "";
    const context = { "aws:ResourceTag/pulumi:project": "rds-sightline", "aws:ResourceTag/pulumi:stack": "sandbox" };
    return decision(policies, { action: "rds:ModifyDBInstance", resource, context });
  }

  it("is made by one update, attached to whom the settings name, and a second one changes nothing", async () => {
    const { outputs } = await sandbox.operate("up", { config: OPERATED });
    const again = await sandbox.operate("up", { config: OPERATED });

    assert.equal(again.changes, 0);
    const { AttachedPolicies: attached = [] } = await iam().send(
      new ListAttachedRolePoliciesCommand({ RoleName: ROLE }),
    );
    assert.deepEqual(attached.map(({ PolicyName }) => PolicyName).sort(), [
      "rds-sightline-sandbox-connect-app",
      "rds-sightline-sandbox-operators",
      "rds-sightline-sandbox-start-session",
    ]);
    assert.equal(await mayModify(), "Allowed");
    assert.match(
      String(outputs["tunnelCommand"]),
      /^aws ssm start-session .*--document-name rds-sightline-sandbox-tunnel/,
    );
    assert.ok(outputs["clientVpnEndpoint"]);
  });

  it("changes in place: an operator becomes somebody whom the database is protected from", async () => {
    const changed = await sandbox.operate("up", { config: PROTECTED });

    const replaced = changed.steps.filter(({ op }) => op === "replace").map(({ name }) => name);
    assert.deepEqual(replaced, []);
    assert.equal(await mayModify(), "ExplicitlyDenied");
  });

  it("goes without a rest, but for the role, which is not the stack's", async () => {
    const { moto, region, admin, run } = sandbox;
    const { resources } = await sandbox.operate("destroy", { config: PROTECTED });

    assert.equal(resources, 0);
    await iam().send(new DeleteRoleCommand({ RoleName: ROLE }));
    assert.deepEqual(await leftovers(run.path, { endpoint: moto.url, region, credentials: admin }), []);
  });
});
