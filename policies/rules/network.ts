import { listOf, numberOf, textsOf, unless, unlessSet } from "../judging";
import type { Judged, ResourceRule, Rule, StackRule } from "../rule";

type Props = Record<string, unknown>;

const EVERYWHERE = ["0.0.0.0/0", "::/0"];
// databases, remote shells and desktops, plain HTTP. source: the rules of the controls of row 41
const GUARDED_PORTS = [22, 80, 1433, 1521, 3306, 3389, 5432, 5439, 6379, 27017];
const REMOTE_ACCESS_PORTS = [22, 3389];

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const VPC = "aws:ec2/vpc:Vpc";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

/** What a rule of a security group lets through, in whichever of the provider's three ways it is written. */
interface Opening {
  readonly direction: "ingress" | "egress";
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly cidrs: readonly string[];
}

function openingOf(props: Props, direction: Opening["direction"]): Opening {
  const blocks = ["cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks"];
  return {
    direction,
    protocol: String(props["ipProtocol"] ?? props["protocol"]),
    from: numberOf(props["fromPort"], 0),
    to: numberOf(props["toPort"], 65_535),
    cidrs: blocks.flatMap((each) => textsOf(props[each])),
  };
}

function openingsOf(type: string, props: Props): readonly Opening[] {
  if (type === INGRESS_RULE) return [openingOf(props, "ingress")];
  if (type === EGRESS_RULE) return [openingOf(props, "egress")];
  if (type === OLD_RULE) return [openingOf(props, props["type"] === "egress" ? "egress" : "ingress")];
  return (["ingress", "egress"] as const).flatMap((direction) =>
    listOf(props[direction]).map((each) => openingOf(each, direction)),
  );
}

// source: EC2 API reference, IpPermission: -1 is every protocol, with every port
const isEveryProtocol = ({ protocol }: Opening): boolean => ["-1", "all"].includes(protocol);
const isEverywhere = ({ cidrs }: Opening): boolean => cidrs.some((cidr) => EVERYWHERE.includes(cidr));
const opens = (opening: Opening, port: number): boolean =>
  isEveryProtocol(opening) || (opening.from <= port && port <= opening.to);

/** A rule for each of the ways to write a rule of a security group. */
function openingRules(
  rule: Omit<ResourceRule, "types" | "judge">,
  judge: (opening: Opening) => string | undefined,
): Rule {
  const judged = ({ type, name, props }: Judged): readonly string[] =>
    [INGRESS_RULE, EGRESS_RULE, OLD_RULE, GROUP].includes(type)
      ? openingsOf(type, props).flatMap((opening) => {
          const wrong = judge(opening);
          return wrong === undefined ? [] : [`${name}: ${wrong}`];
        })
      : [];
  return { ...rule, judgeStack: (resources) => resources.flatMap(judged) };
}

const stackRules: readonly StackRule[] = [
  {
    name: "network-flow-logs",
    level: "mandatory",
    row: 33,
    says: "Connections in a VPC that the stack makes are logged",
    remedy: "Add an aws.ec2.FlowLog for the VPC, its subnets or its network interfaces",
    judgeStack: (resources) =>
      has(resources, VPC) && !has(resources, "aws:ec2/flowLog:FlowLog") ? ["the VPC has no flow log"] : [],
  },
  {
    name: "default-security-group-adopted",
    level: "mandatory",
    row: 34,
    says: "A VPC's default security group is in the stack, and so without rules",
    remedy: "Add an aws.ec2.DefaultSecurityGroup without rules for each VPC",
    judgeStack: (resources) =>
      count(resources, VPC) > count(resources, DEFAULT_GROUP) ? ["a VPC keeps AWS's own"] : [],
  },
  {
    name: "security-group-one-way-of-rules",
    level: "mandatory",
    row: 43,
    says: "A security group's rules are all inline, or all resources of their own: each way deletes what the other made",
    remedy: "Move the inline rules into aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule",
    judgeStack: (resources) => {
      const hasRules = [INGRESS_RULE, EGRESS_RULE, OLD_RULE].some((type) => has(resources, type));
      return resources
        .filter(({ type, props }) => hasRules && type === GROUP && openingsOf(type, props).length > 0)
        .map(({ name }) => `${name} has inline rules beside rules that are resources`);
    },
  },
];

const has = (resources: readonly Judged[], type: string): boolean => count(resources, type) > 0;
const count = (resources: readonly Judged[], type: string): number =>
  resources.filter((each) => each.type === type).length;

export const networkRules: readonly Rule[] = [
  ...stackRules,
  openingRules(
    {
      name: "ingress-not-from-everywhere",
      exception: "openFrontDoor",
      level: "mandatory",
      row: 41,
      says: "No security group lets the whole internet to a database, a remote shell or everything",
      remedy: "Name the networks or the security group that need it",
    },
    (opening) => {
      const port = GUARDED_PORTS.find((each) => opens(opening, each));
      return opening.direction === "ingress" && isEverywhere(opening) && port !== undefined
        ? `port ${port} is open to ${opening.cidrs.join(", ")}`
        : undefined;
    },
  ),
  openingRules(
    {
      name: "egress-not-everything",
      level: "mandatory",
      row: 42,
      says: "No security group lets everything out",
      remedy: "Name the protocol and the port that are needed",
    },
    (opening) =>
      opening.direction === "egress" && isEverywhere(opening) && isEveryProtocol(opening)
        ? `every protocol may go to ${opening.cidrs.join(", ")}`
        : undefined,
  ),
  {
    name: "default-security-group-empty",
    level: "mandatory",
    row: 34,
    types: [DEFAULT_GROUP],
    says: "A VPC's default security group lets nothing through",
    remedy: "Remove its rules, and give what used them a group of its own",
    judge: (props) =>
      listOf(props["ingress"]).length + listOf(props["egress"]).length > 0 ? "the default group has rules" : undefined,
  },
  {
    name: "subnet-gives-no-public-addresses",
    level: "mandatory",
    row: 35,
    types: ["aws:ec2/subnet:Subnet"],
    says: "What starts in a subnet gets no public address by itself",
    remedy: "Set mapPublicIpOnLaunch to false",
    judge: (props) => unless(props, "mapPublicIpOnLaunch", false, undefined),
  },
  {
    name: "network-acl-no-remote-access",
    level: "mandatory",
    row: 36,
    types: ["aws:ec2/networkAclRule:NetworkAclRule"],
    says: "No network ACL lets remote shells and desktops in from everywhere",
    remedy: "Name the networks that need it",
    judge: (props) => {
      const isOpen = EVERYWHERE.includes(String(props["cidrBlock"] ?? props["ipv6CidrBlock"]));
      const port = REMOTE_ACCESS_PORTS.find((each) => opens(openingOf(props, "ingress"), each));
      return isOpen && props["egress"] !== true && props["ruleAction"] === "allow" && port !== undefined
        ? `port ${port} is open to everyone`
        : undefined;
    },
  },
  {
    name: "security-group-described",
    level: "mandatory",
    row: 40,
    types: [GROUP, INGRESS_RULE, EGRESS_RULE, OLD_RULE],
    says: "Each security group and rule says what it is for",
    remedy: "Set description to who talks to whom and why",
    judge: (props) =>
      props["description"] === "Managed by Pulumi" ? "description is Pulumi's own" : unlessSet(props, "description"),
  },
];
