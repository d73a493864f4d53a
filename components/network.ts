import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentAccount } from "./account";
import { type PlannedSubnet, planSubnets, type Zone } from "./cidr-plan";
import { type DatabaseAclArgs, databaseAclRules } from "./database-acl";
import { s3EndpointPolicy } from "./s3-endpoint-policy";

/** Where the network is, and which ways lead out of it. */
export interface NetworkArgs {
  /** Private, from /16 to /24. **It can't change under a database**: the update fails, since the subnets are in use, and the data stays. */
  readonly cidr: string;
  /** Letters of the region's zones. Adding one changes nothing that exists. */
  readonly zones: readonly Zone[];
  /**
   * How the private tier reaches the internet: not at all, through one gateway in the zone listed first (whose failure cuts off the
   * others), or through one in each zone. A gateway costs about $33 a month, and its traffic.
   */
  readonly nat: "none" | "single" | "per-zone";
  /** The only port that the database tier lets in. */
  readonly databasePort: number;
  /** Whom the database tier lets in besides the private tier. @default - nobody */
  readonly frontDoor?: DatabaseAclArgs["frontDoor"];
  /** True when something other than NAT needs public subnets. */
  readonly hasPublicTier: boolean;
}

/** A subnet of the plan, made. */
interface Subnet extends PlannedSubnet {
  readonly name: string;
  readonly resource: aws.ec2.Subnet;
}

interface PublicTier {
  readonly gateways: readonly aws.ec2.NatGateway[];
  readonly publicSubnetIds: pulumi.Output<string>[];
}

const EVERYWHERE = "0.0.0.0/0";

/**
 * A VPC of up to three tiers. The database tier has no route out of the VPC, and an ACL that lets in one port, from the private tier
 * and from a front door's clients. The private tier reaches this account's buckets, and the internet if `nat` says so. A public tier
 * exists only if something needs it. The default security group and route table are empty; the default ACL stays open, for the tiers
 * whose traffic security groups decide.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** Subnets of a tier come in the order of their zones' letters. Empty when there is no public tier; known once they are public. */
  readonly publicSubnetIds: pulumi.Output<string>[];
  readonly privateSubnetIds: pulumi.Output<string>[];
  readonly databaseSubnetIds: pulumi.Output<string>[];
  /** S3's addresses in this region, as security group rules name them. */
  readonly s3PrefixListId: pulumi.Output<string>;

  private readonly name: string;
  private readonly args: NetworkArgs;

  /** Fails when the region lacks one of the zones, and names those it has. */
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:network:Network", name, {}, opts);
    this.name = name;
    this.args = args;

    const vpc = this.vpc();
    this.emptyDefaults(vpc);
    const subnets = this.subnets(vpc);
    const tier = (wanted: Subnet["tier"]) => subnets.filter((subnet) => subnet.tier === wanted);
    const { gateways, publicSubnetIds } = this.publicTier(vpc, tier("public"));
    const privateTables = this.privateTier(vpc, tier("private"), gateways);
    this.databaseTier(vpc, tier("database"));
    const s3 = this.s3Endpoint(vpc, privateTables);

    this.vpcId = vpc.id;
    this.publicSubnetIds = publicSubnetIds;
    this.privateSubnetIds = tier("private").map(({ resource }) => resource.id);
    this.databaseSubnetIds = tier("database").map(({ resource }) => resource.id);
    this.s3PrefixListId = s3.prefixListId;
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      databaseSubnetIds: this.databaseSubnetIds,
      s3PrefixListId: this.s3PrefixListId,
    });
  }

  private vpc(): aws.ec2.Vpc {
    const name = `${this.name}-vpc`;
    const cidrBlock = this.args.cidr;
    return new aws.ec2.Vpc(
      name,
      { cidrBlock, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
      { parent: this },
    );
  }

  // AWS makes both with every VPC, the group open among its members; who forgets to choose gets nothing
  private emptyDefaults(vpc: aws.ec2.Vpc): void {
    const group = `${this.name}-default-group`;
    new aws.ec2.DefaultSecurityGroup(
      group,
      { vpcId: vpc.id, ingress: [], egress: [], tags: { Name: `${group} (unused)` } },
      { parent: this },
    );
    const routes = `${this.name}-default-routes`;
    new aws.ec2.DefaultRouteTable(
      routes,
      { defaultRouteTableId: vpc.defaultRouteTableId, routes: [], tags: { Name: `${routes} (unused)` } },
      { parent: this },
    );
  }

  private subnets(vpc: aws.ec2.Vpc): Subnet[] {
    const { cidr, zones, nat, hasPublicTier } = this.args;
    const tiers = ["private", "database", ...(hasPublicTier || nat !== "none" ? ["public"] : [])];
    // whatever state a zone is in: an impaired one must not stop an update of the others
    const zoneNames = aws.getAvailabilityZonesOutput({}, { parent: this }).names;
    return planSubnets(cidr, zones)
      .filter(({ tier }) => tiers.includes(tier))
      .map((planned) => {
        const name = `${this.name}-${planned.tier}-${planned.zone}`;
        const resource = new aws.ec2.Subnet(
          name,
          {
            vpcId: vpc.id,
            cidrBlock: planned.cidr,
            availabilityZone: zoneNames.apply((names) => zoneName(planned.zone, names)),
            mapPublicIpOnLaunch: false,
            tags: { Name: name },
          },
          { parent: this },
        );
        return { ...planned, name, resource };
      });
  }

  private publicTier(vpc: aws.ec2.Vpc, subnets: readonly Subnet[]): PublicTier {
    if (subnets.length === 0) return { gateways: [], publicSubnetIds: [] };
    const name = `${this.name}-internet`;
    const internet = new aws.ec2.InternetGateway(name, { vpcId: vpc.id, tags: { Name: name } }, { parent: this });
    const table = this.routeTable(vpc, `${this.name}-public`);
    const route = new aws.ec2.Route(
      `${this.name}-public-internet`,
      { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, gatewayId: internet.id },
      { parent: this },
    );
    const associations = subnets.map((subnet) => this.associate(subnet, table));

    const { nat, zones } = this.args;
    // the first as listed, not by its letter: a zone added at the end then moves no gateway
    const first = subnets.filter(({ zone }) => zone === zones[0]);
    const withGateway = { none: [], single: first, "per-zone": subnets }[nat];
    return {
      gateways: withGateway.map((subnet) => this.natGateway(subnet, internet, [route, ...associations])),
      // AWS refuses what faces the internet in a VPC without a gateway, and to remove the gateway before it
      publicSubnetIds: subnets.map(({ resource }, index) =>
        pulumi.all([resource.id, route.id, associations[index]?.id]).apply(([id]) => id),
      ),
    };
  }

  private natGateway(subnet: Subnet, internet: aws.ec2.InternetGateway, wayOut: pulumi.Resource[]): aws.ec2.NatGateway {
    const name = `${this.name}-nat-${subnet.zone}`;
    // an address of its own resource: it outlives the gateway, so that others' allow lists stay true
    const address = new aws.ec2.Eip(
      `${name}-address`,
      { domain: "vpc", tags: { Name: name } },
      // AWS refuses to associate an address in a VPC without an internet gateway, and to remove that gateway before the address
      { parent: this, dependsOn: internet },
    );
    return new aws.ec2.NatGateway(
      name,
      { subnetId: subnet.resource.id, allocationId: address.id, connectivityType: "public", tags: { Name: name } },
      // the address can be in one gateway at a time, so a replacement cannot stand beside what it replaces
      { parent: this, dependsOn: [internet, ...wayOut], deleteBeforeReplace: true },
    );
  }

  // a table for each zone, whatever `nat` is: a change of it changes routes and nothing that exists moves to another table
  private privateTier(
    vpc: aws.ec2.Vpc,
    subnets: readonly Subnet[],
    gateways: readonly aws.ec2.NatGateway[],
  ): Map<string, aws.ec2.RouteTable> {
    const tables = new Map<string, aws.ec2.RouteTable>();
    for (const [index, subnet] of subnets.entries()) {
      const table = this.routeTable(vpc, subnet.name);
      this.associate(subnet, table);
      tables.set(subnet.name, table);
      const gateway = gateways[index] ?? gateways[0];
      if (gateway === undefined) continue;
      new aws.ec2.Route(
        `${subnet.name}-internet`,
        { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, natGatewayId: gateway.id },
        { parent: this },
      );
    }
    return tables;
  }

  // one table without a route: the tier reaches the VPC and nothing else
  private databaseTier(vpc: aws.ec2.Vpc, subnets: readonly Subnet[]): void {
    const table = this.routeTable(vpc, `${this.name}-database`);
    const name = `${this.name}-database-acl`;
    const acl = new aws.ec2.NetworkAcl(name, { vpcId: vpc.id, tags: { Name: name } }, { parent: this });
    const { cidr: networkCidr, databasePort, frontDoor } = this.args;
    const rules = databaseAclRules({ networkCidr, databasePort, frontDoor }).map(
      ({ key, direction, number, cidr, fromPort, toPort }) =>
        new aws.ec2.NetworkAclRule(
          `${name}-${key}`,
          {
            networkAclId: acl.id,
            egress: direction === "out",
            ruleNumber: number,
            ruleAction: "allow",
            protocol: "tcp",
            cidrBlock: cidr,
            fromPort,
            toPort,
          },
          // the number of a rule that exists is taken; new connections wait for the moment between the two
          { parent: this, deleteBeforeReplace: true },
        ),
    );
    for (const subnet of subnets) {
      this.associate(subnet, table);
      new aws.ec2.NetworkAclAssociation(
        `${subnet.name}-acl`,
        { networkAclId: acl.id, subnetId: subnet.resource.id },
        // an ACL denies what it has no rule for: one that comes first would cut a running database off
        { parent: this, dependsOn: rules },
      );
    }
  }

  // Free of charge, and no bytes through NAT. The database tier has no route to it: its ACL and its group let nothing out, and RDS takes
  // backups to S3 over its own network.
  private s3Endpoint(vpc: aws.ec2.Vpc, tables: ReadonlyMap<string, aws.ec2.RouteTable>): aws.ec2.VpcEndpoint {
    const name = `${this.name}-s3`;
    const account = currentAccount();
    const endpoint = new aws.ec2.VpcEndpoint(
      name,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        // the same in every partition
        serviceName: account.apply(({ region }) => `com.amazonaws.${region}.s3`),
        policy: account.apply(s3EndpointPolicy),
        tags: { Name: name },
      },
      { parent: this },
    );
    // not the endpoint's own list of tables, which a new zone would change
    for (const [subnetName, table] of tables) {
      new aws.ec2.VpcEndpointRouteTableAssociation(
        `${subnetName}-s3`,
        { vpcEndpointId: endpoint.id, routeTableId: table.id },
        { parent: this },
      );
    }
    return endpoint;
  }

  private routeTable(vpc: aws.ec2.Vpc, of: string): aws.ec2.RouteTable {
    return new aws.ec2.RouteTable(`${of}-routes`, { vpcId: vpc.id, tags: { Name: of } }, { parent: this });
  }

  private associate(subnet: Subnet, table: aws.ec2.RouteTable): aws.ec2.RouteTableAssociation {
    return new aws.ec2.RouteTableAssociation(
      `${subnet.name}-association`,
      { subnetId: subnet.resource.id, routeTableId: table.id },
      { parent: this },
    );
  }
}

// format: <region><letter>, for example eu-west-1a; local zones look like us-west-2-lax-1a
function zoneName(zone: Zone, names: readonly string[]): string {
  const zones = names.filter((name) => /^[a-z]+(-[a-z]+)+-\d+[a-z]$/.test(name));
  const found = zones.find((name) => name.endsWith(zone));
  if (found !== undefined) return found;
  throw new Error(
    `this region has no zone ${zone}, which network.zones asks for; it has ${zones.join(", ")}: choose letters of those`,
  );
}
