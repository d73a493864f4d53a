/** A program for the engine test: a little of each service that the stand-ins create, play and record. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const config = new pulumi.Config();
const tags = { purpose: config.get("purpose") ?? "first" };

const { accountId } = aws.getCallerIdentityOutput({});
const vpc = new aws.ec2.Vpc("net", { cidrBlock: "10.9.0.0/16", enableDnsHostnames: true, tags });
new aws.ec2.DefaultSecurityGroup("net-default", { vpcId: vpc.id });
const subnets = ["a", "b"].map(
  (zone, at) =>
    new aws.ec2.Subnet(`net-${zone}`, {
      vpcId: vpc.id,
      cidrBlock: `10.9.${at}.0/24`,
      availabilityZone: pulumi.interpolate`${aws.getRegionOutput({}).region}${zone}`,
    }),
);
const subnetIds = subnets.map((subnet) => subnet.id);
const table = new aws.ec2.RouteTable("net-routes", { vpcId: vpc.id });
subnets.map(
  (subnet, at) => new aws.ec2.RouteTableAssociation(`net-${at}`, { routeTableId: table.id, subnetId: subnet.id }),
);
const endpoint = new aws.ec2.VpcEndpoint("net-s3", {
  vpcId: vpc.id,
  serviceName: pulumi.interpolate`com.amazonaws.${aws.getRegionOutput({}).region}.s3`,
  routeTableIds: [table.id],
});
new aws.ec2.NetworkAcl("net-acl", {
  vpcId: vpc.id,
  subnetIds,
  ingress: [{ ruleNo: 100, protocol: "tcp", action: "allow", cidrBlock: "10.9.0.0/16", fromPort: 5432, toPort: 5432 }],
});
const group = new aws.ec2.SecurityGroup("db", { vpcId: vpc.id, description: "the database" });
const clients = new aws.ec2.SecurityGroup("clients", { vpcId: vpc.id, description: "its clients" });
new aws.vpc.SecurityGroupIngressRule("db-from-clients", {
  securityGroupId: group.id,
  referencedSecurityGroupId: clients.id,
  ipProtocol: "tcp",
  fromPort: 5432,
  toPort: 5432,
  description: "queries",
});
new aws.vpc.SecurityGroupEgressRule("clients-to-s3", {
  securityGroupId: clients.id,
  prefixListId: endpoint.prefixListId,
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
});

const password = new random.RandomPassword("db", { length: 20, special: false });
const user = new random.RandomString("user", { length: 12, special: false, upper: false, numeric: false });
const parameters = new aws.rds.ParameterGroup("db", {
  family: aws.rds.getEngineVersionOutput({ engine: "postgres", version: "17" }).parameterGroupFamily,
  parameters: [{ name: "rds.force_ssl", value: "1" }],
});
const database = new aws.rds.Instance("db", {
  engine: "postgres",
  engineVersion: "17",
  instanceClass: "db.m7g.large",
  allocatedStorage: 20,
  storageType: "gp3",
  username: pulumi.interpolate`u${user.result}`,
  password: password.result,
  multiAz: true,
  dbSubnetGroupName: new aws.rds.SubnetGroup("db", { subnetIds }).name,
  vpcSecurityGroupIds: [group.id],
  parameterGroupName: parameters.name,
  skipFinalSnapshot: true,
});
const secret = new aws.secretsmanager.Secret("db", { recoveryWindowInDays: 0 });
new aws.secretsmanager.SecretVersion("db", { secretId: secret.id, secretString: password.result });

const bucket = new aws.s3.Bucket("small-logs", { forceDestroy: true });
const queue = new aws.sqs.Queue("arrivals", { visibilityTimeoutSeconds: 60 });
const queuePolicy = new aws.sqs.QueuePolicy("arrivals", {
  queueUrl: queue.url,
  policy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        principals: [{ type: "Service", identifiers: ["s3.amazonaws.com"] }],
        actions: ["sqs:SendMessage"],
        resources: [queue.arn],
        conditions: [
          { test: "ArnEquals", variable: "aws:SourceArn", values: [bucket.arn] },
          { test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] },
        ],
      },
    ],
  }).json,
});
new aws.s3.BucketNotification(
  "logs",
  { bucket: bucket.bucket, queues: [{ queueArn: queue.arn, events: ["s3:ObjectCreated:*"] }] },
  { dependsOn: [queuePolicy] },
);

// in a preview this must not run: an ARN that the stand-in does not know yet is unknown, not empty
queue.arn.apply((arn) => {
  if (!arn.startsWith("arn:aws:sqs:")) throw new Error(`the queue's ARN is ${arn}`);
});

const role = new aws.iam.Role("reader", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const rolePolicy = new aws.iam.RolePolicy("reader", {
  role,
  policy: queue.arn.apply((Resource) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
          Resource,
        },
      ],
    }),
  ),
});
const reader = new aws.lambda.Function("reader", {
  role: role.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  timeout: 10,
  code: new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset("exports.handler = async () => {};"),
  }),
});
new aws.lambda.EventSourceMapping(
  "reader",
  { functionName: reader.name, eventSourceArn: queue.arn },
  { dependsOn: [rolePolicy] },
);
new aws.lambda.FunctionEventInvokeConfig("reader", { functionName: reader.name, maximumRetryAttempts: 0 });
const rule = new aws.cloudwatch.EventRule("reader", { scheduleExpression: "rate(1 minute)" });
const invocable = new aws.lambda.Permission("reader", {
  function: reader.name,
  action: "lambda:InvokeFunction",
  principal: "events.amazonaws.com",
  sourceArn: rule.arn,
});
new aws.cloudwatch.EventTarget("reader", { rule: rule.name, arn: reader.arn }, { dependsOn: [invocable] });
new aws.cloudwatch.Dashboard("reader", { dashboardName: "reader", dashboardBody: JSON.stringify({ widgets: [] }) });

const balancer = new aws.lb.LoadBalancer("door", {
  loadBalancerType: "network",
  internal: true,
  subnets: subnetIds,
  securityGroups: [clients.id],
  enableCrossZoneLoadBalancing: true,
});
const targets = new aws.lb.TargetGroup("door", {
  targetType: "ip",
  protocol: "TCP",
  port: database.port,
  vpcId: vpc.id,
  healthCheck: { protocol: "TCP", interval: 5, timeout: 2, healthyThreshold: 2, unhealthyThreshold: 2 },
});
new aws.lb.Listener("door", {
  loadBalancerArn: balancer.arn,
  protocol: "TCP",
  port: 5432,
  defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
});
new aws.ec2.VpcEndpointService("door", {
  acceptanceRequired: true,
  networkLoadBalancerArns: [balancer.arn],
  allowedPrincipals: [pulumi.interpolate`arn:aws:iam::${accountId}:root`],
});

export const address = database.address;
export const functionName = reader.name;
export const bucketName = bucket.bucket;
export const secretArn = secret.arn;
const { result } = password;

export { result as password };
