import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Exceptions, FrontDoorSettings } from "../settings";

/** Before which database, and in which network. Every default is settings.ts's. */
export interface FrontDoorArgs {
  readonly settings: FrontDoorSettings;
  /** Deletion protection, given up with a reason. */
  readonly exceptions: Pick<Exceptions, "frontDoorDeletionProtection">;
  readonly network: {
    readonly vpcId: pulumi.Input<string>;
    /** One of each zone that the database can be in. The public ones are used for the exposure `public`, the private ones otherwise. */
    readonly publicSubnetIds: readonly pulumi.Input<string>[];
    readonly privateSubnetIds: readonly pulumi.Input<string>[];
  };
  /** The load balancer's own: who may come in, and that it reaches the database. */
  readonly securityGroupId: pulumi.Input<string>;
}

/** What keeps the target group on the primary, or watches it, must know of a front door. */
export interface FrontDoorTargets {
  readonly targetGroupArn: pulumi.Output<string>;
  /** As CloudWatch names the two: `net/...` and `targetgroup/...`. */
  readonly loadBalancerArnSuffix: pulumi.Output<string>;
  readonly targetGroupArnSuffix: pulumi.Output<string>;
  /** Before it is there no target is ever healthy. */
  readonly after: aws.lb.Listener;
}

/**
 * A network load balancer before the database, in every zone that the database can be in: its one target may be in any of them. TLS goes
 * through to the database, since a listener that ends it can't speak PostgreSQL's. The clients' addresses go through as well, so that
 * PostgreSQL's log and the flow logs name them; but through an endpoint service they never do.
 *
 * Its target group is empty, and stays so until a target sync fills it: an attachment here would put the old primary back with each
 * update after a failover.
 *
 * A removal is refused before it deletes anything. To give that up, write the reason to `exceptions.frontDoorDeletionProtection`, update,
 * then remove `frontDoor`.
 *
 * Cost: about $17 per month, $0.006 per GB and what crosses zones; for `public` $3.60 per month more for the address in each zone.
 */
export class FrontDoor extends pulumi.ComponentResource {
  /** DNS name for clients, known once it listens; absent for an endpoint service, whose clients have names of their own endpoints. */
  readonly address?: pulumi.Output<string>;
  readonly loadBalancerArn: pulumi.Output<string>;
  readonly targets: FrontDoorTargets;

  constructor(name: string, args: FrontDoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:network:FrontDoor", name, {}, opts);
    const { settings } = args;

    const balancer = this.balancer(name, args);
    const group = this.targetGroup(name, args);
    const listener = this.listener(name, settings, balancer, group);

    if (settings.exposure !== "privatelink") {
      this.address = pulumi.all([balancer.dnsName, listener.arn]).apply(([address]) => address);
    }
    this.loadBalancerArn = balancer.arn;
    this.targets = {
      targetGroupArn: group.arn,
      loadBalancerArnSuffix: balancer.arnSuffix,
      targetGroupArnSuffix: group.arnSuffix,
      after: listener,
    };
    this.registerOutputs({ address: this.address, loadBalancerArn: this.loadBalancerArn });
  }

  private balancer(name: string, args: FrontDoorArgs): aws.lb.LoadBalancer {
    const isPublic = args.settings.exposure === "public";
    const isProtected = args.exceptions.frontDoorDeletionProtection === undefined;
    return new aws.lb.LoadBalancer(
      `${name}-balancer`,
      {
        loadBalancerType: "network",
        internal: !isPublic,
        ipAddressType: "ipv4",
        subnets: [...(isPublic ? args.network.publicSubnetIds : args.network.privateSubnetIds)],
        // from its creation on: without one it would let everybody in, and could never get one
        securityGroups: [args.securityGroupId],
        // AWS's default, said because an endpoint service's clients would otherwise come in past the group
        enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
        // the one target is in one zone, and each zone's address must reach it
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: isProtected,
        // No accessLogs, which scanners ask for: only TLS listeners write any. The record of connections is the flow logs'
      },
      // on this one alone, as children would inherit it
      { parent: this, protect: isProtected },
    );
  }

  private targetGroup(name: string, { settings, network }: FrontDoorArgs): aws.lb.TargetGroup {
    return new aws.lb.TargetGroup(
      `${name}-targets`,
      {
        vpcId: network.vpcId,
        targetType: "ip",
        ipAddressType: "ipv4",
        protocol: "TCP",
        // A default that no target uses: each is registered with the database's own. A group's can't change, and a new group for a new
        // port of the database would be empty until the first run fills it
        port: 5432,
        // AWS's default for addresses is false, and flow logs would show the load balancer in place of every client
        preserveClientIp: `${settings.preserveClientIp}`,
        // AWS's default is false, and sessions would live on at a primary that is one no longer
        connectionTermination: true,
        deregistrationDelay: settings.deregistrationDelaySeconds,
        // The fastest that AWS offers: a new primary takes connections after two. A lost packet is sent again after one second, so
        // three of patience take no single one for a failure
        healthCheck: {
          protocol: "TCP",
          port: "traffic-port",
          interval: 5,
          timeout: 3,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
      },
      { parent: this },
    );
  }

  private listener(
    name: string,
    { port }: FrontDoorSettings,
    balancer: aws.lb.LoadBalancer,
    group: aws.lb.TargetGroup,
  ): aws.lb.Listener {
    return new aws.lb.Listener(
      `${name}-listener`,
      {
        loadBalancerArn: balancer.arn,
        // Not TLS, which scanners ask for: PostgreSQL asks for TLS in its own words first, and no listener understands them. The database
        // refuses whoever does without (rds.force_ssl)
        protocol: "TCP",
        port,
        defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
      },
      // another exposure takes another load balancer, and AWS lets a target group serve one only: the old listener must let go of it
      { parent: this, deleteBeforeReplace: true },
    );
  }
}
