import assert from "node:assert/strict";
import { Network, type NetworkArgs } from "../../components/network";
import { type RecordOptions, record, valueOfOutput } from "../support/pulumi-recorder";

const SUBNET = "aws:ec2/subnet:Subnet";
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";

const make = (args: Partial<NetworkArgs> = {}, options?: RecordOptions) =>
  record(
    () =>
      new Network("net", {
        cidr: "10.0.0.0/16",
        zones: ["a", "b"],
        nat: "none",
        databasePort: 5432,
        hasPublicTier: false,
        ...args,
      }),
    options,
  );

const PRIVATE_ONLY = [
  "net-database-a",
  "net-database-a-acl",
  "net-database-a-association",
  "net-database-acl",
  "net-database-acl-queries",
  "net-database-acl-replies",
  "net-database-b",
  "net-database-b-acl",
  "net-database-b-association",
  "net-database-routes",
  "net-default-group",
  "net-default-routes",
  "net-private-a",
  "net-private-a-association",
  "net-private-a-routes",
  "net-private-a-s3",
  "net-private-b",
  "net-private-b-association",
  "net-private-b-routes",
  "net-private-b-s3",
  "net-s3",
  "net-vpc",
];

const PUBLIC_TIER = [
  "net-internet",
  "net-public-a",
  "net-public-a-association",
  "net-public-b",
  "net-public-b-association",
  "net-public-internet",
  "net-public-routes",
];

describe("the network", () => {
  it("is these resources and no others, none of them public", async () => {
    const made = await make();

    assert.deepEqual(made.names(), PRIVATE_ONLY);
    assert.deepEqual(made.result.publicSubnetIds, []);
  });

  it("gets a public tier, and nothing else, when something needs one", async () => {
    const made = await make({ hasPublicTier: true });

    assert.deepEqual(made.names(), [...PRIVATE_ONLY, ...PUBLIC_TIER].sort());
    assert.equal(made.result.publicSubnetIds.length, 2);
  });

  it("gets one gateway, and a way to it from each zone, with a single NAT", async () => {
    const made = await make({ nat: "single" });

    const nat = ["net-nat-a", "net-nat-a-address", "net-private-a-internet", "net-private-b-internet"];
    assert.deepEqual(made.names(), [...PRIVATE_ONLY, ...PUBLIC_TIER, ...nat].sort());
    assert.equal(made.named("net-private-b-internet").inputs["natGatewayId"], "natGateway-net-nat-a");
  });

  it("gives each zone its own gateway with NAT per zone, and only re-points routes on the way from a single one", async () => {
    const single = await make({ nat: "single" });
    const perZone = await make({ nat: "per-zone" });

    const added = perZone.names().filter((name) => !single.names().includes(name));
    const changed = single
      .names()
      .filter((name) => JSON.stringify(single.named(name).inputs) !== JSON.stringify(perZone.named(name).inputs));
    assert.deepEqual(added, ["net-nat-b", "net-nat-b-address"]);
    assert.deepEqual(changed, ["net-private-b-internet"]);
    assert.equal(perZone.named("net-private-b-internet").inputs["natGatewayId"], "natGateway-net-nat-b");
  });

  it("changes no input of what exists when a zone is added at the end", async () => {
    for (const nat of ["none", "single", "per-zone"] as const) {
      const two = await make({ nat, zones: ["b", "c"], hasPublicTier: true });
      const three = await make({ nat, zones: ["b", "c", "a"], hasPublicTier: true });

      for (const name of two.names()) assert.deepEqual(three.named(name).inputs, two.named(name).inputs, name);
      assert.ok(three.names().length > two.names().length);
    }
  });

  it("is the same whatever the order of the zones, but for the place of a single gateway", async () => {
    const one = await make({ zones: ["a", "b"], nat: "per-zone" });
    const other = await make({ zones: ["b", "a"], nat: "per-zone" });

    assert.deepEqual(other.names(), one.names());
    for (const name of one.names()) assert.deepEqual(other.named(name).inputs, one.named(name).inputs, name);
    assert.deepEqual((await make({ zones: ["b", "a"], nat: "single" })).names("aws:ec2/natGateway:NatGateway"), [
      "net-nat-b",
    ]);
  });

  it("parents everything to itself and makes each thing after what AWS wants first", async () => {
    const made = await make({ nat: "single" });

    for (const name of made.names()) assert.equal(made.named(name).parent, "net", name);
    assert.ok(made.named("net-nat-a-address").dependencies.includes("net-internet"));
    assert.ok(made.named("net-nat-a").dependencies.includes("net-internet"));
    assert.ok(made.named("net-nat-a").dependencies.includes("net-public-internet"));
    assert.ok(made.named("net-nat-a").dependencies.includes("net-public-a-association"));
    assert.equal(made.named("net-nat-a").deleteBeforeReplace, true);
    assert.ok(made.named("net-database-a-acl").dependencies.includes("net-database-acl-queries"));
    assert.ok(made.named("net-database-a-acl").dependencies.includes("net-database-acl-replies"));
  });

  it("publishes the ids of each tier in the order of the letters", async () => {
    const { result } = await make({ zones: ["b", "a"], hasPublicTier: true });

    const ids = (outputs: Network["privateSubnetIds"]) => Promise.all(outputs.map((id) => valueOfOutput(id)));
    assert.deepEqual(await ids(result.publicSubnetIds), ["subnet-net-public-a", "subnet-net-public-b"]);
    assert.deepEqual(await ids(result.privateSubnetIds), ["subnet-net-private-a", "subnet-net-private-b"]);
    assert.deepEqual(await ids(result.databaseSubnetIds), ["subnet-net-database-a", "subnet-net-database-b"]);
    assert.equal(await valueOfOutput(result.vpcId), "vpc-net-vpc");
    assert.equal(await valueOfOutput(result.s3PrefixListId), "pl-net-s3");
  });

  it("makes the VPC with the names that RDS endpoints need", async () => {
    const made = await make({ cidr: "172.20.0.0/20" });

    assert.deepEqual(made.one("aws:ec2/vpc:Vpc").inputs, {
      cidrBlock: "172.20.0.0/20",
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: "net-vpc" },
    });
  });

  it("puts each subnet into the zone of its letter, without public addresses", async () => {
    const made = await make({ hasPublicTier: true });

    for (const subnet of made.all(SUBNET)) assert.equal(subnet.inputs["mapPublicIpOnLaunch"], false, subnet.name);
    assert.deepEqual(made.named("net-database-b").inputs, {
      vpcId: "vpc-net-vpc",
      cidrBlock: "10.0.144.0/20",
      availabilityZone: "us-west-2b",
      mapPublicIpOnLaunch: false,
      tags: { Name: "net-database-b" },
    });
  });

  it("names the zones a region has when it lacks one, and takes no local zone for one", async () => {
    const names = ["us-west-1a", "us-west-1c", "us-west-1-lax-1b"];
    const invokes = { "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({ names }) };

    const failing = make({}, { invokes });

    await assert.rejects(failing, /no zone b, which network\.zones asks for; it has us-west-1a, us-west-1c: choose/);
  });

  it("previews: zones are known before anything exists", async () => {
    const made = await make({ nat: "per-zone" }, { preview: true });

    assert.equal(made.named("net-private-b").inputs["availabilityZone"], "us-west-2b");
  });

  it("empties what AWS makes with every VPC", async () => {
    const made = await make();

    const { ingress, egress, vpcId } = made.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs;
    const { routes, defaultRouteTableId } = made.one("aws:ec2/defaultRouteTable:DefaultRouteTable").inputs;
    assert.deepEqual({ ingress, egress, vpcId }, { ingress: [], egress: [], vpcId: "vpc-net-vpc" });
    assert.deepEqual({ routes, defaultRouteTableId }, { routes: [], defaultRouteTableId: "rtb-default-net-vpc" });
  });
});

describe("the database tier of the network", () => {
  it("has its own route table, which no route and no endpoint is ever in", async () => {
    const made = await make({ nat: "per-zone", hasPublicTier: true });

    const table = "routeTable-net-database-routes";
    const tableOf = (name: string) => made.named(`${name}-association`).inputs["routeTableId"];
    assert.deepEqual([tableOf("net-database-a"), tableOf("net-database-b")], [table, table]);
    assert.deepEqual(made.all(ASSOCIATION).filter(({ inputs }) => inputs["routeTableId"] === table).length, 2);
    const ways = [
      ...made.all(ROUTE),
      ...made.all("aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"),
    ];
    assert.equal(ways.length, 5);
    assert.deepEqual(
      ways.filter(({ inputs }) => inputs["routeTableId"] === table),
      [],
    );
    assert.equal(made.named("net-database-routes").inputs["routes"], undefined);
  });

  it("lets in the database port from the private tier and lets out the replies, in one rule each", async () => {
    const made = await make({ databasePort: 6432, hasPublicTier: true });

    const common = {
      networkAclId: "networkAcl-net-database-acl",
      ruleNumber: 100,
      ruleAction: "allow",
      protocol: "tcp",
      cidrBlock: "10.0.64.0/18",
    };
    assert.deepEqual(
      made.all("aws:ec2/networkAclRule:NetworkAclRule").map(({ inputs }) => inputs),
      [
        { ...common, egress: false, fromPort: 6432, toPort: 6432 },
        { ...common, egress: true, fromPort: 1024, toPort: 65535 },
      ],
    );
  });

  it("lets go of an ACL rule before it makes the next: two of one number are refused", async () => {
    const made = await make();

    const rules = made.all("aws:ec2/networkAclRule:NetworkAclRule");
    assert.deepEqual(
      rules.map(({ deleteBeforeReplace }) => deleteBeforeReplace),
      [true, true],
    );
  });

  it("has that ACL on each of its subnets and on no other", async () => {
    const made = await make({ hasPublicTier: true });

    const on = made.all("aws:ec2/networkAclAssociation:NetworkAclAssociation").map(({ inputs }) => inputs["subnetId"]);
    assert.deepEqual(on, ["subnet-net-database-a", "subnet-net-database-b"]);
    const { ingress, egress, subnetIds } = made.one("aws:ec2/networkAcl:NetworkAcl").inputs;
    assert.deepEqual([ingress, egress, subnetIds], [undefined, undefined, undefined]);
  });
});

describe("the network's way to S3", () => {
  it("is a gateway endpoint on the private route tables", async () => {
    const made = await make();

    const endpoint = made.one("aws:ec2/vpcEndpoint:VpcEndpoint").inputs;
    assert.equal(endpoint["vpcEndpointType"], "Gateway");
    assert.equal(endpoint["serviceName"], "com.amazonaws.us-west-2.s3");
    assert.deepEqual(made.named("net-private-a-s3").inputs, {
      vpcEndpointId: "vpcEndpoint-net-s3",
      routeTableId: "routeTable-net-private-a-routes",
    });
  });

  it("takes data to buckets of this account and to no other", async () => {
    const made = await make();

    const policy = JSON.parse(String(made.one("aws:ec2/vpcEndpoint:VpcEndpoint").inputs["policy"]));
    assert.deepEqual(
      policy.Statement.map(({ Action, Condition }: { Action: string[]; Condition?: unknown }) => [
        Action.join(" "),
        Condition,
      ]),
      [
        [
          "s3:AbortMultipartUpload s3:Delete* s3:Get* s3:List* s3:Put* s3:RestoreObject",
          { StringEquals: { "aws:ResourceAccount": "111122223333" } },
        ],
        ["s3:GetObject", undefined],
      ],
    );
  });
});
