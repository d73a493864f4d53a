import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Of what RDS is to tell, and whom. */
export interface DatabaseEventsArgs {
  readonly databaseIdentifier: pulumi.Input<string>;
  readonly parameterGroupName: pulumi.Input<string>;
  /** A topic whose policy, and whose key's, let RDS publish. */
  readonly topicArn: pulumi.Input<string>;
}

// Not backup, creation and notification: those come each day, and nobody has anything to do
const OF_INSTANCE = [
  "configuration change",
  "deletion",
  "failover",
  "failure",
  "low storage",
  "maintenance",
  "recovery",
  "restoration",
];

/** RDS tells the topic what happens to the instance, to its parameter group, and to RDS's own security groups. Cost: nothing. */
export class DatabaseEvents extends pulumi.ComponentResource {
  constructor(name: string, args: DatabaseEventsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:audit:DatabaseEvents", name, {}, opts);
    const { topicArn: snsTopic } = args;

    const subscription = (ending: string, what: Omit<aws.rds.EventSubscriptionArgs, "snsTopic">) =>
      new aws.rds.EventSubscription(`${name}-${ending}`, { snsTopic, ...what }, { parent: this });
    subscription("instance", {
      sourceType: "db-instance",
      sourceIds: [args.databaseIdentifier],
      eventCategories: OF_INSTANCE,
    });
    subscription("parameters", {
      sourceType: "db-parameter-group",
      sourceIds: [args.parameterGroupName],
      eventCategories: ["configuration change"],
    });
    // Of no source: in a VPC there are none, and whoever makes one is to be heard of
    subscription("security-groups", {
      sourceType: "db-security-group",
      eventCategories: ["configuration change", "failure"],
    });

    this.registerOutputs({});
  }
}
