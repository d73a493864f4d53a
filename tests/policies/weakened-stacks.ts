import { add, type Change, change, remove, withoutDenials, withStatement } from "./changes";

/** A stack that is weaker than it should be, and the policy that says so. */
export type WeakenedStack = readonly [what: string, weakened: Change, policy: string];

const DATABASE = "aws:rds/instance:Instance";
const EVENTS = "aws:rds/eventSubscription:EventSubscription";
const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const ENDPOINT_SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService";
const KEY = "aws:kms/key:Key";
const SECRET = "aws:secretsmanager/secret:Secret";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const FUNCTION = "aws:lambda/function:Function";
const PERMISSION = "aws:lambda/permission:Permission";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

const FOR_EVERYONE = { Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*" };

const parameter = (name: string, value?: string): Change =>
  change(PARAMETERS, ({ parameters }) => ({
    parameters: (parameters as { name: string }[]).flatMap((each) =>
      each.name !== name ? each : value === undefined ? [] : { ...each, value },
    ),
  }));

const opened = (ports: object, cidr: object): Change =>
  add(INGRESS, { description: "Just for now", ipProtocol: "tcp", ...ports, ...cidr });

const variable = (name: string): Change =>
  change(FUNCTION, ({ environment }) => ({
    environment: { variables: { ...(environment as { variables: object }).variables, [name]: "a1b2c3" } },
  }));

const databases: readonly WeakenedStack[] = [
  ["an unencrypted database", change(DATABASE, { storageEncrypted: false }), "database-storage-encrypted"],
  ["a database with AWS's own key", change(DATABASE, { kmsKeyId: undefined }), "database-key-of-your-own"],
  ["a database with an alias of AWS's", change(DATABASE, { kmsKeyId: "alias/aws/rds" }), "database-key-of-your-own"],
  ["a public database", change(DATABASE, { publiclyAccessible: true }), "database-not-public"],
  ["a database in the default VPC", change(DATABASE, { dbSubnetGroupName: undefined }), "database-in-a-vpc"],
  ["a database in one zone", change(DATABASE, { multiAz: false }), "database-multi-az"],
  ["backups of a day", change(DATABASE, { backupRetentionPeriod: 1 }), "database-backups-kept"],
  ["no word of backups", change(DATABASE, { backupRetentionPeriod: undefined }), "database-backups-kept"],
  ["a database that anyone may delete", change(DATABASE, { deletionProtection: false }), "database-deletion-protected"],
  ["no final snapshot", change(DATABASE, { skipFinalSnapshot: true }), "database-final-snapshot"],
  [
    "a final snapshot without a name",
    change(DATABASE, { finalSnapshotIdentifier: undefined }),
    "database-final-snapshot",
  ],
  ["snapshots without tags", change(DATABASE, { copyTagsToSnapshot: false }), "database-tags-on-snapshots"],
  ["no minor upgrades", change(DATABASE, { autoMinorVersionUpgrade: false }), "database-minor-upgrades"],
  ["passwords only", change(DATABASE, { iamDatabaseAuthenticationEnabled: undefined }), "database-iam-authentication"],
  ["logs that stay in the database", change(DATABASE, { enabledCloudwatchLogsExports: [] }), "database-logs-exported"],
  ["no enhanced monitoring", change(DATABASE, { monitoringInterval: 0 }), "database-enhanced-monitoring"],
  ["no Performance Insights", change(DATABASE, { performanceInsightsEnabled: false }), "database-performance-insights"],
  [
    "Performance Insights with AWS's own key",
    change(DATABASE, { performanceInsightsKmsKeyId: undefined }),
    "database-performance-insights-key",
  ],
  [
    "an authority that has expired",
    change(DATABASE, { caCertIdentifier: "rds-ca-2019" }),
    "database-certificate-authority",
  ],
  ["a master user called postgres", change(DATABASE, { username: "postgres" }), "database-master-name-not-guessed"],
  ["an engine out of support", change(DATABASE, { engineVersion: "13.20" }), "database-version-supported"],
  ["a master password of nobody's", change(DATABASE, { manageMasterUserPassword: false }), "database-master-password"],
  [
    "a managed password with AWS's own key",
    change(DATABASE, { masterUserSecretKmsKeyId: undefined }),
    "database-master-password",
  ],
  ["no forced TLS", parameter("rds.force_ssl", "0"), "database-tls-forced"],
  ["TLS as the engine likes it", parameter("rds.force_ssl"), "database-tls-forced"],
  ["MySQL without forced TLS", change(PARAMETERS, { family: "mysql8.4", parameters: [] }), "database-tls-forced"],
  ["no choice of logged statements", parameter("log_statement"), "database-statements-logged"],
  [
    "a snapshot for every account",
    add("aws:rds/snapshot:Snapshot", { sharedAccounts: ["all"] }),
    "snapshot-not-shared",
  ],
  [
    "backups in another region without a key there",
    add("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", {}),
    "replicated-backups-encrypted",
  ],
  ["failures that nobody hears of", change(EVENTS, { eventCategories: ["backup"] }), "database-events-told"],
  ["a proxy without TLS", add("aws:rds/proxy:Proxy", { requireTls: false }), "proxy-requires-tls"],
];

const networks: readonly WeakenedStack[] = [
  [
    "the database's port open to everyone",
    opened({ fromPort: 5432, toPort: 5432 }, { cidrIpv4: "0.0.0.0/0" }),
    "ingress-not-from-everywhere",
  ],
  [
    "remote shells open to everyone over IPv6",
    opened({ fromPort: 20, toPort: 25 }, { cidrIpv6: "::/0" }),
    "ingress-not-from-everywhere",
  ],
  [
    "everything open to everyone, in an inline rule",
    add("aws:ec2/securityGroupRule:SecurityGroupRule", {
      type: "ingress",
      description: "x",
      protocol: "-1",
      cidrBlocks: ["0.0.0.0/0"],
    }),
    "ingress-not-from-everywhere",
  ],
  [
    "a way out for everything",
    add(EGRESS, { description: "x", ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }),
    "egress-not-everything",
  ],
  ["a rule that doesn't say why", change(INGRESS, { description: undefined }), "security-group-described"],
  ["a group described by Pulumi", change(GROUP, { description: "Managed by Pulumi" }), "security-group-described"],
  [
    "inline rules beside resources",
    change(GROUP, { ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] }] }),
    "security-group-one-way-of-rules",
  ],
  [
    "a default group with a rule",
    change(DEFAULT_GROUP, { ingress: [{ protocol: "-1", self: true }] }),
    "default-security-group-empty",
  ],
  ["a default group that is AWS's", remove(DEFAULT_GROUP), "default-security-group-adopted"],
  ["no flow logs", (all) => all.filter(({ type }) => type !== "aws:ec2/flowLog:FlowLog"), "network-flow-logs"],
  [
    "public addresses by default",
    change("aws:ec2/subnet:Subnet", { mapPublicIpOnLaunch: true }),
    "subnet-gives-no-public-addresses",
  ],
  [
    "a network ACL open for remote desktops",
    add("aws:ec2/networkAclRule:NetworkAclRule", {
      cidrBlock: "0.0.0.0/0",
      egress: false,
      ruleAction: "allow",
      protocol: "tcp",
      fromPort: 3389,
      toPort: 3389,
    }),
    "network-acl-no-remote-access",
  ],
  ["a load balancer without a group", change(BALANCER, { securityGroups: [] }), "load-balancer-security-group"],
  ["a load balancer in one zone", change(BALANCER, { subnets: ["subnet-a"] }), "load-balancer-two-zones"],
  [
    "a load balancer that anyone may delete",
    change(BALANCER, { enableDeletionProtection: false }),
    "load-balancer-deletion-protected",
  ],
  [
    "a load balancer of separate zones",
    change(BALANCER, { enableCrossZoneLoadBalancing: false }),
    "load-balancer-cross-zone",
  ],
  ["a load balancer on the internet", change(BALANCER, { internal: false }), "load-balancer-internal"],
  [
    "an endpoint service that accepts by itself",
    change(ENDPOINT_SERVICE, { acceptanceRequired: false }),
    "endpoint-service-asks",
  ],
  ["an endpoint service for everyone", change(ENDPOINT_SERVICE, { allowedPrincipals: ["*"] }), "endpoint-service-asks"],
];

const storage: readonly WeakenedStack[] = [
  ["a bucket that a policy can open", change(PUBLIC_ACCESS, { blockPublicPolicy: false }), "bucket-not-public"],
  ["a bucket without a public access block", remove(PUBLIC_ACCESS), "buckets-have-public-access-blocks"],
  [
    "a bucket with S3's own key",
    change(ENCRYPTION, { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] }),
    "bucket-encrypted-with-a-key",
  ],
  ["a bucket that doesn't say how it encrypts", remove(ENCRYPTION), "buckets-have-encryption"],
  [
    "a bucket that takes plain text",
    change(BUCKET_POLICY, ({ policy }) => ({ policy: withoutDenials(policy) })),
    "bucket-refuses-plain-text",
  ],
  [
    "a bucket for everyone",
    change(BUCKET_POLICY, ({ policy }) => ({
      policy: withStatement(policy, { ...FOR_EVERYONE, Action: "s3:GetObject" }),
    })),
    "bucket-refuses-plain-text",
  ],
  ["a bucket without a policy", remove(BUCKET_POLICY), "buckets-have-policies"],
  ["a bucket without versions", remove("aws:s3/bucketVersioning:BucketVersioning"), "buckets-have-versions"],
  [
    "a bucket that keeps all for ever",
    remove("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"),
    "buckets-have-lifecycles",
  ],
  [
    "a bucket of many owners",
    remove("aws:s3/bucketOwnershipControls:BucketOwnershipControls"),
    "buckets-have-one-owner",
  ],
];

const services: readonly WeakenedStack[] = [
  ["a key that never rotates", change(KEY, { enableKeyRotation: false }), "key-rotates"],
  [
    "a key for everyone",
    change(KEY, ({ policy }) => ({ policy: withStatement(policy, FOR_EVERYONE) })),
    "key-policy-names-its-users",
  ],
  ["a key without a policy", change(KEY, { policy: undefined }), "key-policy-names-its-users"],
  ["a key gone in a week", change(KEY, { deletionWindowInDays: 7 }), "key-deletion-waits"],
  ["a key that is disabled", change(KEY, { isEnabled: false }), "key-deletion-waits"],
  ["a secret with AWS's own key", change(SECRET, { kmsKeyId: undefined }), "secret-key-of-your-own"],
  [
    "a secret that rotates twice a year",
    add("aws:secretsmanager/secretRotation:SecretRotation", { rotationRules: { automaticallyAfterDays: 180 } }),
    "secret-rotates-in-time",
  ],
  ["a runtime without fixes", change(FUNCTION, { runtime: "nodejs16.x" }), "function-runtime-supported"],
  [
    "a function that may take all",
    add(FUNCTION, { runtime: "nodejs22.x", tracingConfig: { mode: "Active" } }),
    "function-concurrency-reserved",
  ],
  ["an environment with AWS's own key", change(FUNCTION, { kmsKeyArn: undefined }), "function-environment-encrypted"],
  ["a secret in an environment", variable("PCE_API_SECRET"), "function-no-secrets-in-environment"],
  ["a function without traces", change(FUNCTION, { tracingConfig: undefined }), "function-traced"],
  ["a function for everyone", add(PERMISSION, { principal: "*" }), "function-invoked-by-name"],
  [
    "a function for every account's buckets",
    add(PERMISSION, { principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::somebody" }),
    "function-invoked-by-name",
  ],
  ["an unencrypted queue", change("aws:sqs/queue:Queue", { kmsMasterKeyId: undefined }), "queue-encrypted"],
  [
    "a queue that takes plain text",
    change(QUEUE_POLICY, ({ policy }) => ({ policy: withoutDenials(policy) })),
    "queue-refuses-plain-text",
  ],
  ["an unencrypted topic", change("aws:sns/topic:Topic", { kmsMasterKeyId: undefined }), "topic-encrypted"],
  [
    "a topic for everyone",
    change(TOPIC_POLICY, ({ policy }) => ({ policy: withStatement(policy, FOR_EVERYONE) })),
    "topic-refuses-plain-text",
  ],
  ["logs of a month", change(LOG_GROUP, { retentionInDays: 30 }), "log-group-kept"],
  ["logs that never end", change(LOG_GROUP, { retentionInDays: undefined }), "log-group-kept"],
  ["logs with AWS's own key", change(LOG_GROUP, { kmsKeyId: undefined }), "log-group-encrypted"],
  ["an alarm that tells nobody", change(ALARM, { alarmActions: [] }), "alarm-acts"],
  ["an alarm that is turned off", change(ALARM, { actionsEnabled: false }), "alarm-acts"],
  [
    "a role for everything",
    change(ROLE_POLICY, ({ policy }) => ({
      policy: withStatement(policy, { Effect: "Allow", Action: "*", Resource: "*" }),
    })),
    "iam-no-wildcard-actions",
  ],
  [
    "a role that decrypts everything",
    change(ROLE_POLICY, ({ policy }) => ({
      policy: withStatement(policy, { Effect: "Allow", Action: ["kms:Decrypt"], Resource: "*" }),
    })),
    "iam-no-decryption-everywhere",
  ],
  [
    "a role that anyone may take",
    change(ROLE, ({ assumeRolePolicy }) => ({
      assumeRolePolicy: withStatement(assumeRolePolicy, {
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "sts:AssumeRole",
      }),
    })),
    "role-assumed-by-name",
  ],
  [
    "a role of an administrator",
    add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
      policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    }),
    "iam-no-administrators",
  ],
];

/** One weakness each, made in a stack that has none: every policy has one at least. */
export const WEAKENED_STACKS: readonly WeakenedStack[] = [...databases, ...networks, ...storage, ...services];
