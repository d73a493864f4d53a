import assert from "node:assert/strict";
import { DEFAULTS } from "../support/components";
import { BUCKET, recordArchive } from "../support/flow-archive";

const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const ISSUE_FIELDS = [
  ...[
    "srcaddr",
    "dstaddr",
    "dstport",
    "protocol",
    "tcp-flags",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "srcport",
    "action",
    "type",
  ],
  ...["version", "interface-id", "packets", "bytes", "start", "end", "log-status", "flow-direction"],
];

describe("a flow log", () => {
  it("is of each database subnet, named by its zone whatever the order of the stack file", async () => {
    const made = await recordArchive();

    assert.deepEqual(made.named("archive-subnet-a").inputs, {
      subnetId: "subnet-of-a",
      trafficType: "ALL",
      maxAggregationInterval: 60,
      logFormat: DEFAULTS.flowLogs.fields.map((field) => `\${${field}}`).join(" "),
      logDestinationType: "s3",
      logDestination: BUCKET,
      destinationOptions: { fileFormat: "plain-text", hiveCompatiblePartitions: false, perHourPartition: false },
      tags: { Name: "archive subnet-a" },
    });
    assert.equal(made.named("archive-subnet-c").inputs["subnetId"], "subnet-of-c");
    assert.deepEqual(
      made.invokes.filter((token) => token.includes("NetworkInterfaces")),
      [],
    );
  });

  it("holds, by default, every field that the forwarder and Illumio's own tools read", async () => {
    const [log] = (await recordArchive()).all(FLOW_LOG);
    const fields = String(log?.inputs["logFormat"]).split(" ");

    for (const field of ISSUE_FIELDS) assert.ok(fields.includes(`\${${field}}`), field);
  });

  it("is of the VPC when the scope says so", async () => {
    const made = await recordArchive({ scope: "vpc" });
    const { inputs } = made.one(FLOW_LOG);

    assert.equal(made.one(FLOW_LOG).name, "archive-vpc");
    assert.equal(inputs["vpcId"], "vpc-1");
    assert.ok(!("subnetId" in inputs));
  });

  it("is of each interface that RDS has in the database's group when the scope says so", async () => {
    const asked: unknown[] = [];
    const made = await recordArchive(
      { scope: "network-interfaces" },
      {},
      {
        invokes: {
          "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": ({ filters }) => {
            asked.push(filters);
            return { id: "x", ids: ["eni-2", "eni-1"] };
          },
        },
      },
    );

    assert.deepEqual(made.names(FLOW_LOG), ["archive-eni-1", "archive-eni-2"]);
    assert.deepEqual(
      made.all(FLOW_LOG).map(({ inputs }) => inputs["eniId"]),
      ["eni-1", "eni-2"],
    );
    assert.ok(made.all(FLOW_LOG).every(({ parent }) => parent === "archive"));
    assert.deepEqual(asked, [
      [
        { name: "description", values: ["RDSNetworkInterface"] },
        { name: "group-id", values: ["sg-database"] },
      ],
    ]);
  });

  it("is made after the bucket lets log delivery in, or AWS would write a policy of its own over the archive's", async () => {
    for (const scope of ["database-subnets", "vpc", "network-interfaces"] as const) {
      const made = await recordArchive({ scope });
      for (const { name } of made.all(FLOW_LOG)) {
        assert.ok(made.named(name).dependencies.includes("archive-policy"), `${name} before archive-policy`);
        assert.ok(made.named(name).dependencies.includes("archive-encryption"), `${name} before archive-encryption`);
      }
    }
  });

  it("has the settings' format, aggregation and partitions", async () => {
    const partitions = { hive: true, hourly: true };
    const made = await recordArchive({ scope: "vpc", fileFormat: "parquet", aggregationSeconds: 600, partitions });
    const { inputs } = made.one(FLOW_LOG);

    assert.equal(inputs["maxAggregationInterval"], 600);
    assert.deepEqual(inputs["destinationOptions"], {
      fileFormat: "parquet",
      hiveCompatiblePartitions: true,
      perHourPartition: true,
    });
    assert.match(String(made.named("archive-policy").inputs["policy"]), /aws-account-id=/);
  });

  for (const scope of ["database-subnets", "vpc", "network-interfaces"] as const) {
    it(`trips over no unknown value in a preview, scope ${scope}`, async () => {
      const made = await recordArchive({ scope }, {}, { preview: true });

      assert.ok(made.named("archive-policy"));
    });
  }
});
