import assert from "node:assert/strict";
import { EC2Client } from "@aws-sdk/client-ec2";
import { AWS_BOUNDS } from "../../../functions/shared/aws-bounds";
import { type DatabaseInterfaces, ec2Interfaces } from "../../../functions/target-sync/database-interfaces";
import { type Answer, type Call, clientOptions, type FakeAws, fakeAws, networkInterfaces } from "./fake-aws";

describe("the database's network interfaces", () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  async function given(answer: (call: Call) => Answer): Promise<{ interfaces: DatabaseInterfaces; aws: FakeAws }> {
    const aws = await fakeAws(answer);
    const client = new EC2Client({ ...AWS_BOUNDS, ...clientOptions(aws) });
    cleanups.push(() => client.destroy(), aws.close);
    return {
      interfaces: ec2Interfaces(client, { subnetIds: ["subnet-0a1b", "subnet-2c3d"], groupId: "sg-0a1b" }),
      aws,
    };
  }

  it("are asked for by group and subnet, in one call", async () => {
    const { interfaces, aws } = await given(() => networkInterfaces([{ ips: ["10.0.20.7"] }]));

    assert.deepEqual(await interfaces.addresses(), ["10.0.20.7"]);
    assert.deepEqual(aws.calls, [
      {
        Action: "DescribeNetworkInterfaces",
        Version: "2016-11-15",
        "Filter.1.Name": "group-id",
        "Filter.1.Value.1": "sg-0a1b",
        "Filter.2.Name": "subnet-id",
        "Filter.2.Value.1": "subnet-0a1b",
        "Filter.2.Value.2": "subnet-2c3d",
      },
    ]);
  });

  it("are read to the last page", async () => {
    const { interfaces, aws } = await given(({ NextToken }) =>
      NextToken === undefined
        ? networkInterfaces([{ ips: ["10.0.20.7"] }], "page-2")
        : networkInterfaces([{ ips: ["10.0.21.8"] }]),
    );

    assert.deepEqual(await interfaces.addresses(), ["10.0.20.7", "10.0.21.8"]);
    assert.equal(aws.calls.length, 2);
  });

  it("have addresses of both families, and may have several", async () => {
    const { interfaces } = await given(() =>
      networkInterfaces([{ ips: ["10.0.20.7", "10.0.20.8"], ipv6: ["2001:db8::7"] }]),
    );

    assert.deepEqual(await interfaces.addresses(), ["10.0.20.7", "10.0.20.8", "2001:db8::7"]);
  });

  it("are RDS's, by description, requester or owner, and neither a proxy's nor anybody else's that says so", async () => {
    const { interfaces } = await given(() =>
      networkInterfaces([
        { ips: ["10.0.20.1"], description: "RDSNetworkInterface" },
        { ips: ["10.0.20.2"], description: "", requesterId: "amazon-rds" },
        { ips: ["10.0.20.3"], description: "", ownerId: "amazon-rds" },
        { ips: ["10.0.20.4"], description: "Network interface for DBProxy db", requesterId: "amazon-rds" },
        { ips: ["10.0.20.5"], description: "AWS Lambda VPC ENI-db", requesterId: "AROA:123456789012" },
        { ips: ["10.0.20.6"], description: "", ownerId: "123456789012" },
        { ips: ["10.0.20.9"], description: "RDSNetworkInterface", isOfService: false },
      ]),
    );

    assert.deepEqual(await interfaces.addresses(), ["10.0.20.1", "10.0.20.2", "10.0.20.3"]);
  });

  it("may be none", async () => {
    const { interfaces } = await given(() => networkInterfaces([]));

    assert.deepEqual(await interfaces.addresses(), []);
  });

  it("are an error when EC2 refuses, never none", async () => {
    const { interfaces } = await given(() => (response) => {
      response.writeHead(403, { "content-type": "text/xml" });
      response.end(
        "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors><RequestID>r</RequestID></Response>",
      );
    });

    await assert.rejects(interfaces.addresses(), { name: "UnauthorizedOperation" });
  });

  it("stop being read when the signal is aborted", async () => {
    const { interfaces } = await given(() => () => undefined);
    const startedMs = Date.now();

    await assert.rejects(interfaces.addresses(AbortSignal.timeout(100)));

    assert.ok(Date.now() - startedMs < 1_000);
  });
});
