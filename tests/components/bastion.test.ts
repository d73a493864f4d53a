import assert from "node:assert/strict";
import { Bastion } from "../../components/bastion";
import { comesBefore, stackArgs, statementsBySid } from "../support/components";
import { type Recording, record, valueOfOutput } from "../support/pulumi-recorder";

const TAGS = { "pulumi:project": "rds-sightline", "pulumi:stack": "dev", team: "payments" };

function recordBastion(instanceType = "t4g.nano"): Promise<Recording<Bastion>> {
  return record(
    () =>
      new Bastion("bastion", {
        ...stackArgs(),
        settings: { instanceType, idleMinutes: 15, maxMinutes: 480, principals: ["role/database-team"] },
        subnetIds: ["subnet-a", "subnet-b"],
        securityGroupId: "sg-bastion",
        database: { address: "db.example.com", port: 5432 },
        tags: TAGS,
      }),
  );
}

describe("a bastion", () => {
  it("is one instance without key pair and public address, replaced each week, in either of the private subnets", async () => {
    const made = await recordBastion();
    const template = made.named("bastion-template").inputs;
    const group = made.named("bastion-group").inputs;

    assert.deepEqual([group["minSize"], group["maxSize"], group["maxInstanceLifetime"]], [1, 1, 604_800]);
    assert.deepEqual(group["vpcZoneIdentifiers"], ["subnet-a", "subnet-b"]);
    assert.deepEqual([template["keyName"], template["userData"]], [undefined, undefined]);
    assert.deepEqual(template["networkInterfaces"], [
      {
        deviceIndex: 0,
        associatePublicIpAddress: "false",
        securityGroups: ["sg-bastion"],
        deleteOnTermination: "true",
      },
    ]);
  });

  it("asks for a token for its metadata, which goes no further than the host, and has an encrypted disk", async () => {
    const template = (await recordBastion()).named("bastion-template").inputs;
    const { httpTokens, httpPutResponseHopLimit } = template["metadataOptions"] as Record<string, unknown>;
    const [disk] = template["blockDeviceMappings"] as { ebs: Record<string, unknown> }[];

    assert.deepEqual([httpTokens, httpPutResponseHopLimit, disk?.ebs["encrypted"]], ["required", 1, "true"]);
  });

  for (const [instanceType, architecture] of [
    ["t4g.nano", "arm64"],
    ["m7g.large", "arm64"],
    ["t3.micro", "x86_64"],
    ["t3a.micro", "x86_64"],
    ["m7i.large", "x86_64"],
  ] as const) {
    it(`runs AWS's newest image for ${architecture} on ${instanceType}`, async () => {
      const { imageId } = (await recordBastion(instanceType)).named("bastion-template").inputs;

      assert.equal(
        imageId,
        `resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
      );
    });
  }

  it("has the tags that people's policy knows it by, which no transformation would reach", async () => {
    const made = await recordBastion();
    const specifications = made.named("bastion-template").inputs["tagSpecifications"] as { tags: unknown }[];

    for (const { tags } of specifications) assert.deepEqual(tags, { ...TAGS, Name: "rds-sightline-dev-bastion" });
    const condition = statementsBySid(made.named("bastion-start-session"))["StartOnBastion"]?.Condition;
    assert.deepEqual(condition?.["StringEquals"], {
      "ssm:resourceTag/pulumi:project": "rds-sightline",
      "ssm:resourceTag/pulumi:stack": "dev",
      "ssm:resourceTag/Name": "rds-sightline-dev-bastion",
    });
  });

  it("is there once its role and its log are, for no session would start before", async () => {
    const made = await recordBastion();

    for (const first of ["bastion-policy", "bastion-log"]) assert.ok(comesBefore(made, first, "bastion-group"), first);
    assert.equal(made.named("bastion-log").inputs["name"], "rds-sightline-dev/sessions");
    assert.equal(made.named("bastion-start-session-role-database-team").inputs["role"], "database-team");
  });

  it("is used by commands that can be pasted into a shell", async () => {
    const { result } = await recordBastion();
    const target =
      `--target "$(aws ec2 describe-instances --region us-west-2 --filters Name=tag:Name,Values=rds-sightline-dev-bastion ` +
      `Name=instance-state-name,Values=running --query 'Reservations[0].Instances[0].InstanceId' --output text)"`;

    assert.equal(
      await valueOfOutput(result.tunnelCommand),
      `aws ssm start-session --region us-west-2 --document-name rds-sightline-dev-tunnel --parameters localPortNumber=5432 ${target}`,
    );
    assert.equal(
      await valueOfOutput(result.shellCommand),
      `aws ssm start-session --region us-west-2 --document-name rds-sightline-dev-shell ${target}`,
    );
  });
});
