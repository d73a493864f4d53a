/** A data source's answer to its arguments. */
export type Invoke = (inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** The outputs of one type, beside its inputs, its id, ARN and tags. An `id` in them becomes the resource's. */
export type OutputsOf = (name: string, inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** The account that every recording runs in; the region has the four zones that the subnet plan knows. */
export const ACCOUNT = { accountId: "111122223333", region: "us-west-2", partition: "aws" } as const;

/** Data sources that a recording answers, by token. */
export const DATA_SOURCES: Readonly<Record<string, Invoke>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    id: ACCOUNT.accountId,
    accountId: ACCOUNT.accountId,
    arn: `arn:aws:iam::${ACCOUNT.accountId}:user/tester`,
    userId: "AIDATESTER",
  }),
  "aws:index/getPartition:getPartition": () => ({
    id: ACCOUNT.partition,
    partition: ACCOUNT.partition,
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getRegion:getRegion": () => ({
    id: ACCOUNT.region,
    region: ACCOUNT.region,
    name: ACCOUNT.region,
    description: "US West (Oregon)",
    endpoint: `ec2.${ACCOUNT.region}.amazonaws.com`,
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    id: ACCOUNT.region,
    names: ["a", "b", "c", "d"].map((letter) => `${ACCOUNT.region}${letter}`),
    zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3", "usw2-az4"],
    groupNames: [ACCOUNT.region],
  }),
  "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": () => ({
    id: ACCOUNT.region,
    ids: ["eni-0000000000000001", "eni-0000000000000002"],
  }),
  "aws:ec2/getNetworkInterface:getNetworkInterface": ({ id }) => ({
    id,
    privateIps: [`10.0.128.${Number(String(id).slice(-2))}`],
  }),
};

const arn = (service: string, rest: string) => `arn:aws:${service}:${ACCOUNT.region}:${ACCOUNT.accountId}:${rest}`;
const given = (input: unknown, otherwise: string) => (typeof input === "string" ? input : otherwise);
const length = (inputs: Readonly<Record<string, unknown>>) => Number(inputs["length"] ?? 8);

// only where the general rule of plausibleOutputs would mislead
const OUTPUTS: Readonly<Record<string, OutputsOf>> = {
  "aws:ec2/vpc:Vpc": (name) => ({
    id: `vpc-${name}`,
    defaultSecurityGroupId: `sg-default-${name}`,
    defaultRouteTableId: `rtb-default-${name}`,
    defaultNetworkAclId: `acl-default-${name}`,
    mainRouteTableId: `rtb-default-${name}`,
  }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": (name) => ({ prefixListId: `pl-${name}` }),
  "aws:ec2/eip:Eip": (name) => ({ allocationId: `eipalloc-${name}`, publicIp: "198.51.100.7" }),
  "aws:kms/key:Key": (name) => ({ keyId: `key-${name}`, arn: arn("kms", `key/key-${name}`) }),
  "aws:s3/bucket:Bucket": (name, inputs) => {
    const bucket = given(inputs["bucket"], `${name}-1a2b3c4`);
    return {
      id: bucket,
      bucket,
      arn: `arn:aws:s3:::${bucket}`,
      bucketRegionalDomainName: `${bucket}.s3.${ACCOUNT.region}.amazonaws.com`,
    };
  },
  "aws:rds/instance:Instance": (name, inputs) => {
    const identifier = given(inputs["identifier"], name);
    const address = `${identifier}.abcdefghijkl.${ACCOUNT.region}.rds.amazonaws.com`;
    const secret = {
      secretArn: arn("secretsmanager", "secret:rds!db-0123-AbCdEf"),
      secretStatus: "active",
      kmsKeyId: "",
    };
    return {
      id: identifier,
      arn: arn("rds", `db:${identifier}`),
      address,
      endpoint: `${address}:${Number(inputs["port"] ?? 5432)}`,
      resourceId: "db-ABCDEFGHIJKL",
      masterUserSecrets: inputs["manageMasterUserPassword"] === true ? [secret] : [],
    };
  },
  "aws:lb/loadBalancer:LoadBalancer": (name) => {
    const arnSuffix = `net/${name}-1a2b3c4/0123456789abcdef`;
    const balancer = arn("elasticloadbalancing", `loadbalancer/${arnSuffix}`);
    const dnsName = `${name}-1a2b3c4-0123456789abcdef.elb.${ACCOUNT.region}.amazonaws.com`;
    return { id: balancer, arn: balancer, arnSuffix, dnsName };
  },
  "aws:lb/targetGroup:TargetGroup": (name) => {
    const arnSuffix = `targetgroup/${name}-1a2b3c4/fedcba9876543210`;
    const group = arn("elasticloadbalancing", arnSuffix);
    return { id: group, arn: group, arnSuffix };
  },
  "aws:lb/listener:Listener": (name) => {
    const listener = arn("elasticloadbalancing", `listener/net/${name}-1a2b3c4/0123456789abcdef/00112233`);
    return { id: listener, arn: listener };
  },
  "aws:ec2/vpcEndpointService:VpcEndpointService": () => ({
    id: "vpce-svc-0123456789abcdef0",
    arn: arn("ec2", "vpc-endpoint-service/vpce-svc-0123456789abcdef0"),
    serviceName: `com.amazonaws.vpce.${ACCOUNT.region}.vpce-svc-0123456789abcdef0`,
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": (name) => ({ id: `lt-${name}`, latestVersion: 1 }),
  "aws:cloudwatch/eventRule:EventRule": (name, inputs) => {
    const rule = given(inputs["name"], name);
    return { id: rule, arn: arn("events", `rule/${rule}`) };
  },
  "aws:lambda/invocation:Invocation": () => ({ result: "{}" }),
  "aws:sqs/queue:Queue": (name, inputs) => {
    const queue = given(inputs["name"], `${name}-1a2b3c4`);
    const url = `https://sqs.${ACCOUNT.region}.amazonaws.com/${ACCOUNT.accountId}/${queue}`;
    return { id: url, url, arn: arn("sqs", queue) };
  },
  "aws:sns/topic:Topic": (name, inputs) => ({
    id: arn("sns", given(inputs["name"], name)),
    arn: arn("sns", given(inputs["name"], name)),
  }),
  "aws:sns/topicPolicy:TopicPolicy": (_, inputs) => ({ arn: inputs["arn"] }),
  "aws:lambda/function:Function": (name, inputs) => ({ arn: arn("lambda", `function:${given(inputs["name"], name)}`) }),
  "aws:sfn/stateMachine:StateMachine": (name, inputs) => {
    const machine = arn("states", `stateMachine:${given(inputs["name"], name)}`);
    return { id: machine, arn: machine };
  },
  "aws:cloudwatch/logGroup:LogGroup": (name, inputs) => ({
    id: given(inputs["name"], name),
    arn: arn("logs", `log-group:${given(inputs["name"], name)}`),
  }),
  "aws:cloudtrail/trail:Trail": (name, inputs) => ({ arn: arn("cloudtrail", `trail/${given(inputs["name"], name)}`) }),
  "aws:iam/role:Role": (name, inputs) => {
    const role = given(inputs["name"], `${name}-1a2b3c4`);
    return { id: role, name: role, arn: `arn:aws:iam::${ACCOUNT.accountId}:role/${role}`, uniqueId: "AROATEST" };
  },
  "aws:iam/policy:Policy": (name, inputs) => {
    const policy = `arn:aws:iam::${ACCOUNT.accountId}:policy/${given(inputs["name"], `${name}-1a2b3c4`)}`;
    return { id: policy, arn: policy };
  },
  "aws:secretsmanager/secret:Secret": (name, inputs) => {
    const secret = arn("secretsmanager", `secret:${given(inputs["name"], name)}-AbCdEf`);
    return { id: secret, arn: secret };
  },
  // letters that fit anywhere, of the length that was asked for
  "random:index/randomString:RandomString": (_, inputs) => ({
    result: "abcdefghijklmnopqrstuvwxyz".repeat(5).slice(0, length(inputs)),
  }),
  "random:index/randomPassword:RandomPassword": (_, inputs) => ({
    result: "zyxwvutsrqponmlkjihgfedcba".repeat(5).slice(0, length(inputs)),
  }),
};

/**
 * Outputs that a provider would plausibly give: the inputs; `id` and `name` made of the logical name where no input says otherwise, with a
 * random-looking end as Pulumi's autonaming has; an ARN of the type's service; then what the type's own entry and `more` say.
 */
export function plausibleOutputs(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  more?: OutputsOf,
): { id: string; state: Record<string, unknown> } {
  const [, service = "", kind = ""] = /^[^:]+:([^/]+)\/([^:]+):/.exec(type) ?? [];
  const general = {
    name: `${name}-1a2b3c4`,
    arn: arn(service, `${kind}/${name}`),
    ...inputs,
    ...(inputs["tags"] !== undefined && { tagsAll: inputs["tags"] }),
  };
  const { id = `${kind}-${name}`, ...special } = {
    ...OUTPUTS[type]?.(name, inputs),
    ...more?.(name, inputs),
  } as Record<string, unknown>;
  return { id: String(id), state: { ...general, ...special } };
}
