import assert from "node:assert/strict";
import { EC2Client } from "@aws-sdk/client-ec2";
import { RDSClient } from "@aws-sdk/client-rds";
import { awsInventory, INVENTORY_BOUNDS } from "../../../functions/workload-sync/aws-inventory";
import { type Answer, type Call, clientOptions, type FakeAws, fakeAws } from "../target-sync/fake-aws";

const ec2Result = (action: string, result: string) =>
  `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${result}</${action}Response>`;
const INTERFACE = (id: number, more = "") =>
  `<item><networkInterfaceId>eni-${id}</networkInterfaceId><privateIpAddress>10.0.0.${id}</privateIpAddress>${more}</item>`;

describe("the inventory of EC2 and RDS", function () {
  this.timeout(30_000);
  let aws: FakeAws;
  let answer: (call: Call) => Answer = () => "";
  let clients: { readonly ec2: EC2Client; readonly rds: RDSClient };
  before(async () => {
    aws = await fakeAws((call) => answer(call));
    clients = {
      ec2: new EC2Client({ ...INVENTORY_BOUNDS, ...clientOptions(aws) }),
      rds: new RDSClient({ ...INVENTORY_BOUNDS, ...clientOptions(aws) }),
    };
  });
  after(() => {
    clients.ec2.destroy();
    clients.rds.destroy();
    aws.close();
  });
  const read = () => awsInventory(clients, "vpc-0a1b")(AbortSignal.timeout(20_000));

  it("is read page by page to its end, of one VPC, with the tags of its instances", async () => {
    answer = ({ Action: action = "", NextToken: token, Marker: marker }) => {
      if (action === "DescribeDBInstances") {
        const next = marker === undefined ? "<Marker>m</Marker>" : "";
        return `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result><DBInstances/>${next}</${action}Result></${action}Response>`;
      }
      const next = token === undefined ? "<nextToken>t</nextToken>" : "";
      if (action === "DescribeInstances") {
        const tags = "<tagSet><item><key>Role</key><value>web</value></item></tagSet>";
        const item = `<item><instanceId>i-${token ?? "0"}</instanceId>${tags}</item>`;
        return ec2Result(
          action,
          `<reservationSet><item><instancesSet>${item}</instancesSet></item></reservationSet>${next}`,
        );
      }
      const attached = "<attachment><instanceId>i-t</instanceId></attachment>";
      const item = token === undefined ? INTERFACE(1) : INTERFACE(2, attached);
      return ec2Result(action, `<networkInterfaceSet>${item}</networkInterfaceSet>${next}`);
    };

    assert.deepEqual(
      (await read()).map(({ reference, tags }) => [reference, tags]),
      [
        ["eni-1", {}],
        ["i-t", { Role: "web" }],
      ],
    );
    const first = aws.calls.find(({ Action: action }) => action === "DescribeNetworkInterfaces");
    assert.deepEqual(
      [first?.["Filter.1.Name"], first?.["Filter.1.Value.1"], first?.["MaxResults"]],
      ["vpc-id", "vpc-0a1b", "1000"],
    );
    assert.equal(aws.calls.length, 6);
  });

  it("fails when a page of it can't be read: half of a VPC is no inventory", async () => {
    const complete = answer;
    answer = (call) =>
      call["NextToken"] === undefined
        ? complete(call)
        : (response) => void response.writeHead(403, { "content-type": "text/xml" }).end("<Response/>");

    await assert.rejects(read());
  });
});
