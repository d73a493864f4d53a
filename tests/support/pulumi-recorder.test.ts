import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { record, valueOfOutput } from "./pulumi-recorder";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";

class Pair extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;

  constructor(name: string) {
    super("sightline:test:Pair", name);
    const vpc = new aws.ec2.Vpc(`${name}-vpc`, { cidrBlock: "10.0.0.0/16" }, { parent: this, protect: true });
    const subnet = new aws.ec2.Subnet(`${name}-subnet`, { vpcId: vpc.id, cidrBlock: "10.0.0.0/20" }, { parent: this });
    new aws.ec2.Eip(
      `${name}-address`,
      { domain: "vpc" },
      { parent: this, dependsOn: subnet, deleteBeforeReplace: false },
    );
    this.vpcId = vpc.id;
    this.registerOutputs({ vpcId: this.vpcId });
  }
}

describe("recording a Pulumi program", () => {
  it("lists every resource that is not a component, sorted", async () => {
    const made = await record(() => new Pair("pair"));

    assert.deepEqual(made.names(), ["pair-address", "pair-subnet", "pair-vpc"]);
    assert.deepEqual(made.names("sightline:test:Pair"), ["pair"]);
  });

  it("shows inputs with the ids that came before them, and the outputs themselves", async () => {
    const made = await record(() => new Pair("pair"));

    assert.deepEqual(made.one(SUBNET).inputs, { vpcId: "vpc-pair-vpc", cidrBlock: "10.0.0.0/20" });
    assert.equal(await valueOfOutput(made.result.vpcId), "vpc-pair-vpc");
  });

  it("shows what mocks hide: parents, order, protection", async () => {
    const made = await record(() => new Pair("pair"));

    assert.equal(made.one(VPC).parent, "pair");
    assert.equal(made.one(VPC).protect, true);
    assert.deepEqual(made.named("pair-address").dependencies, ["pair-subnet"]);
    assert.equal(made.named("pair-address").deleteBeforeReplace, false);
  });

  it("names the inputs that are secret and unwraps them", async () => {
    const made = await record(
      () => new aws.ssm.Parameter("key", { type: "SecureString", value: pulumi.secret("hush") }),
    );

    assert.deepEqual(made.named("key").secretInputs, ["value"]);
    assert.equal(made.named("key").inputs["value"], "hush");
  });

  it("hands the program its configuration, secret or not, and takes it away again", async () => {
    const config = { "rds-sightline:network": { zones: ["a"] }, "rds-sightline:word": "hush" };

    const { result } = await record(() => new pulumi.Config().getObject("network"), { config });

    assert.deepEqual(result, { zones: ["a"] });
    assert.deepEqual(pulumi.runtime.allConfig(), {});
  });

  it("answers the data sources it knows and fails on any other", async () => {
    const made = await record(async () => (await aws.getCallerIdentity()).accountId);
    const unknown = record(() => aws.ec2.getVpcOutput({ default: true }).id);

    assert.equal(made.result, "111122223333");
    assert.deepEqual(made.invokes, ["aws:index/getCallerIdentity:getCallerIdentity"]);
    await assert.rejects(unknown, /unknown invoke aws:ec2\/getVpc:getVpc/);
  });

  it("fails with an error that was thrown in an apply", async () => {
    const failing = record(() => {
      const cidrBlock = pulumi.output(1).apply((): string => {
        throw new Error("thrown in an apply");
      });
      return new aws.ec2.Vpc("vpc", { cidrBlock });
    });

    await assert.rejects(failing, /thrown in an apply/);
  });

  it("leaves outputs unknown in a preview", async () => {
    const made = await record(() => new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" }), { preview: true });

    assert.equal(await valueOfOutput(made.result.arn), undefined);
  });
});
