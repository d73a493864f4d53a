/** A network, a network load balancer and a target group in a running emulator, as tests need them. */
import {
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  type CreateLoadBalancerCommandInput,
  CreateTargetGroupCommand,
  type CreateTargetGroupCommandInput,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  type TargetDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";

/** Where the emulator is and who calls it. */
export interface Caller {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Zones of the network; each has one subnet. */
export const ZONES = ["a", "b", "c"] as const;
type Zone = (typeof ZONES)[number];

let names = 0;

/** A VPC with a subnet a zone, and what tests put into it. Names are made up anew for each call. */
export class Landscape {
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly vpcId: string;
  readonly balancerGroup: string;
  readonly databaseGroup: string;
  readonly #subnets: ReadonlyMap<Zone, string>;

  private constructor(
    clients: { ec2: EC2Client; elb: ElasticLoadBalancingV2Client },
    vpcId: string,
    groups: { balancer: string; database: string },
    subnets: ReadonlyMap<Zone, string>,
  ) {
    this.ec2 = clients.ec2;
    this.elb = clients.elb;
    this.vpcId = vpcId;
    this.balancerGroup = groups.balancer;
    this.databaseGroup = groups.database;
    this.#subnets = subnets;
  }

  /** @param network the first two numbers of its addresses */
  static async make(caller: Caller, network = "10.20"): Promise<Landscape> {
    const ec2 = new EC2Client(caller);
    const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: `${network}.0.0/16` }));
    const VpcId = vpc?.VpcId ?? "";
    const subnets = new Map<Zone, string>();
    for (const [at, zone] of ZONES.entries()) {
      const request = { VpcId, CidrBlock: `${network}.${at}.0/24`, AvailabilityZone: `${caller.region}${zone}` };
      const { Subnet: made } = await ec2.send(new CreateSubnetCommand(request));
      subnets.set(zone, made?.SubnetId ?? "");
    }
    const group = async (GroupName: string): Promise<string> =>
      (await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId }))).GroupId ?? "";
    const groups = { balancer: await group("balancer"), database: await group("database") };
    const fromBalancer = { IpProtocol: "tcp", FromPort: 5432, ToPort: 5433 };
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groups.database,
        IpPermissions: [{ ...fromBalancer, UserIdGroupPairs: [{ GroupId: groups.balancer }] }],
      }),
    );
    return new Landscape({ ec2, elb: new ElasticLoadBalancingV2Client(caller) }, VpcId, groups, subnets);
  }

  subnet(zone: Zone): string {
    return this.#subnets.get(zone) ?? "";
  }

  name(stem: string): string {
    names += 1;
    return `${stem}-${names}`;
  }

  async internetGateway(): Promise<void> {
    const { InternetGateway: gateway } = await this.ec2.send(new CreateInternetGatewayCommand({}));
    const request = { InternetGatewayId: gateway?.InternetGatewayId ?? "", VpcId: this.vpcId };
    await this.ec2.send(new AttachInternetGatewayCommand(request));
  }

  /** An interface as RDS makes them; returns its id and address. */
  async databaseInterface(zone: Zone): Promise<{ readonly id: string; readonly ip: string }> {
    const { NetworkInterface: made } = await this.ec2.send(
      new CreateNetworkInterfaceCommand({ SubnetId: this.subnet(zone), Groups: [this.databaseGroup] }),
    );
    return { id: made?.NetworkInterfaceId ?? "", ip: made?.PrivateIpAddress ?? "" };
  }

  async loadBalancer(more: Partial<CreateLoadBalancerCommandInput> = {}): Promise<string> {
    const { LoadBalancers: made } = await this.elb.send(
      new CreateLoadBalancerCommand({
        Name: this.name("lb"),
        Type: "network",
        Scheme: "internal",
        Subnets: [this.subnet("a"), this.subnet("b")],
        SecurityGroups: [this.balancerGroup],
        ...more,
      }),
    );
    return made?.[0]?.LoadBalancerArn ?? "";
  }

  /** @param delaySeconds of the deregistration */
  async targetGroup(delaySeconds = 0, more: Partial<CreateTargetGroupCommandInput> = {}): Promise<string> {
    const { TargetGroups: made } = await this.elb.send(
      new CreateTargetGroupCommand({
        Name: this.name("tg"),
        Protocol: "TCP",
        Port: 5432,
        TargetType: "ip",
        VpcId: this.vpcId,
        ...more,
      }),
    );
    const TargetGroupArn = made?.[0]?.TargetGroupArn ?? "";
    const delay = { Key: "deregistration_delay.timeout_seconds", Value: String(delaySeconds) };
    await this.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: [delay] }));
    return TargetGroupArn;
  }

  async listener(LoadBalancerArn: string, TargetGroupArn: string, Port = 5432): Promise<string> {
    const { Listeners: made } = await this.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Protocol: "TCP",
        Port,
        DefaultActions: [{ Type: "forward", TargetGroupArn }],
      }),
    );
    return made?.[0]?.ListenerArn ?? "";
  }

  /** A target group behind a load balancer of its own. */
  async servedGroup(delaySeconds = 0): Promise<string> {
    const group = await this.targetGroup(delaySeconds);
    await this.listener(await this.loadBalancer(), group);
    return group;
  }

  /** `<address>:<port> <state> <reason>` of each target, as AWS describes it. */
  async health(TargetGroupArn: string, Targets?: TargetDescription[]): Promise<readonly string[]> {
    const request = { TargetGroupArn, ...(Targets === undefined ? {} : { Targets }) };
    const { TargetHealthDescriptions: found = [] } = await this.elb.send(new DescribeTargetHealthCommand(request));
    return found.map(({ Target: target, TargetHealth: health }) =>
      [`${target?.Id}:${target?.Port}`, health?.State, health?.Reason].filter((part) => part !== undefined).join(" "),
    );
  }

  close(): void {
    this.ec2.destroy();
    this.elb.destroy();
  }
}
