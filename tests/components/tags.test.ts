import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { tagEverything } from "../../components/tags";
import { record } from "../support/pulumi-recorder";

class Child extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("sightline:test:Child", name, {}, opts);
    new aws.sns.Topic(`${name}-plain`, {}, { parent: this });
    new aws.sns.Topic(`${name}-own`, { tags: { Name: "mine", team: "other" } }, { parent: this });
    const { bucket } = new aws.s3.Bucket(`${name}-bucket`, {}, { parent: this });
    new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket, versioningConfiguration: { status: "Enabled" } },
      { parent: this },
    );
  }
}

describe("tagging everything", () => {
  const program = () => new Child("x", { transformations: [tagEverything({ team: "payments", stack: "dev" })] });

  it("reaches every resource below that takes tags", async () => {
    const made = await record(program);

    assert.deepEqual(made.named("x-plain").inputs["tags"], { team: "payments", stack: "dev" });
    assert.deepEqual(made.named("x-bucket").inputs["tags"], { team: "payments", stack: "dev" });
  });

  it("lets a resource's own tags win", async () => {
    const made = await record(program);

    assert.deepEqual(made.named("x-own").inputs["tags"], { Name: "mine", team: "other", stack: "dev" });
  });

  it("leaves alone what takes none", async () => {
    const made = await record(program);

    assert.ok(!("tags" in made.named("x-versioning").inputs));
  });
});
