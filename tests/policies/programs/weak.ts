// A stack of somebody else's, as weak as they come.
import * as aws from "@pulumi/aws";

new aws.rds.Instance("orders", {
  engine: "postgres",
  engineVersion: "17",
  instanceClass: "db.t4g.micro",
  allocatedStorage: 20,
  username: "postgres",
  password: "postgres-postgres",
  publiclyAccessible: true,
  skipFinalSnapshot: true,
});
new aws.ec2.SecurityGroup("open", {
  ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }],
});
