import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { FrontDoor, type FrontDoorArgs } from "../../components/front-door";
import type { FrontDoorSettings } from "../../settings";
import { arnOf, comesBefore } from "../support/components";
import { type Recording, record, valueOfOutput } from "../support/pulumi-recorder";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const TARGETS = "aws:lb/targetGroup:TargetGroup";
const LISTENER = "aws:lb/listener:Listener";
const PRINCIPALS = ["arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:role/clients"];

const EXPOSURES = ["public", "internal", "privatelink"] as const;

function recordDoor(
  settings: Partial<FrontDoorSettings> = {},
  exceptions: FrontDoorArgs["exceptions"] = {},
): Promise<Recording<FrontDoor>> {
  return record(() => newDoor(settings, exceptions));
}

// only inside a recording
function newDoor(settings: Partial<FrontDoorSettings>, exceptions: FrontDoorArgs["exceptions"]): FrontDoor {
  return new FrontDoor("front-door", {
    settings: {
      exposure: "internal",
      port: 5432,
      allowedCidrs: ["203.0.113.0/24"],
      allowedPrincipals: [],
      zones: ["a", "b"],
      preserveClientIp: true,
      deregistrationDelaySeconds: 0,
      syncMinutes: 1,
      syncInVpc: false,
      ...settings,
    },
    exceptions,
    network: {
      vpcId: "vpc-1",
      publicSubnetIds: ["subnet-public-a", "subnet-public-b"],
      privateSubnetIds: ["subnet-private-a", "subnet-private-b"],
    },
    securityGroupId: "sg-front-door",
  });
}

const endpointService = () => recordDoor({ exposure: "privatelink", allowedPrincipals: PRINCIPALS });

describe("a front door", () => {
  for (const exposure of ["public", "internal"] as const) {
    it(`is a load balancer, a listener and an empty target group when it is ${exposure}`, async () => {
      const made = await recordDoor({ exposure });

      assert.deepEqual(made.names(), ["front-door-balancer", "front-door-listener", "front-door-targets"]);
      assert.equal(
        made.result.address && (await valueOfOutput(made.result.address)),
        "front-door-balancer-1a2b3c4-0123456789abcdef.elb.us-west-2.amazonaws.com",
      );
    });
  }

  it("has no address for an endpoint service: its clients' endpoints have names of their own", async () => {
    const made = await endpointService();

    assert.deepEqual(made.names(), ["front-door-balancer", "front-door-listener", "front-door-targets"]);
    assert.equal(made.result.address, undefined);
    assert.equal(
      await valueOfOutput(made.result.loadBalancerArn),
      arnOf("elasticloadbalancing", "loadbalancer/net/front-door-balancer-1a2b3c4/0123456789abcdef"),
    );
  });

  it("never has a target: whoever finds the primary registers it", async () => {
    for (const exposure of EXPOSURES) {
      const made = await recordDoor({ exposure, allowedPrincipals: PRINCIPALS });
      assert.deepEqual(made.names("aws:lb/targetGroupAttachment:TargetGroupAttachment"), []);
    }
  });

  it("tells its target sync and its alarms what they need, by the names that AWS and CloudWatch use", async () => {
    const { targets } = (await recordDoor()).result;

    assert.equal(
      await valueOfOutput(targets.targetGroupArn),
      arnOf("elasticloadbalancing", "targetgroup/front-door-targets-1a2b3c4/fedcba9876543210"),
    );
    assert.equal(
      await valueOfOutput(targets.targetGroupArnSuffix),
      "targetgroup/front-door-targets-1a2b3c4/fedcba9876543210",
    );
    assert.equal(
      await valueOfOutput(targets.loadBalancerArnSuffix),
      "net/front-door-balancer-1a2b3c4/0123456789abcdef",
    );
    assert.match(await valueOfOutput(targets.after.urn), /front-door-listener$/);
  });

  it("gives its address away only once it listens", async () => {
    const made = await record(
      () => new aws.sns.Topic("reader", { displayName: newDoor({}, {}).address ?? "no address" }),
    );

    assert.ok(comesBefore(made, "front-door-listener", "reader"));
  });
});

describe("a front door's load balancer", () => {
  it("is exactly this", async () => {
    const { inputs } = (await recordDoor()).one(BALANCER);

    assert.deepEqual(inputs, {
      loadBalancerType: "network",
      internal: true,
      ipAddressType: "ipv4",
      subnets: ["subnet-private-a", "subnet-private-b"],
      securityGroups: ["sg-front-door"],
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
      enableCrossZoneLoadBalancing: true,
      enableDeletionProtection: true,
    });
  });

  // the numbers are those of the merged table of controls
  it("faces the internet only when that is asked for (45)", async () => {
    const placed: unknown[] = [];
    for (const exposure of EXPOSURES) {
      const { inputs } = (await recordDoor({ exposure, allowedPrincipals: PRINCIPALS })).one(BALANCER);
      placed.push([exposure, inputs["internal"], inputs["subnets"]]);
    }

    assert.deepEqual(placed, [
      ["public", false, ["subnet-public-a", "subnet-public-b"]],
      ["internal", true, ["subnet-private-a", "subnet-private-b"]],
      ["privatelink", true, ["subnet-private-a", "subnet-private-b"]],
    ]);
  });

  for (const exposure of EXPOSURES) {
    it(`has its security group from the beginning, for PrivateLink's clients too (46), ${exposure}`, async () => {
      const { inputs } = (await recordDoor({ exposure, allowedPrincipals: PRINCIPALS })).one(BALANCER);

      assert.deepEqual(inputs["securityGroups"], ["sg-front-door"]);
      assert.equal(inputs["enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"], "on");
    });

    it(`is protected against deletion, in AWS and in the preview (47), ${exposure}`, async () => {
      const made = await recordDoor({ exposure, allowedPrincipals: PRINCIPALS });

      assert.equal(made.one(BALANCER).inputs["enableDeletionProtection"], true);
      const isProtected = made.resources.filter(({ protect }) => protect === true).map(({ name }) => name);
      assert.deepEqual(isProtected, ["front-door-balancer"]);
    });

    it(`reaches the database from each of its zones, which are two or more (48, 49), ${exposure}`, async () => {
      const { inputs } = (await recordDoor({ exposure, allowedPrincipals: PRINCIPALS })).one(BALANCER);

      assert.equal(inputs["enableCrossZoneLoadBalancing"], true);
      assert.equal((inputs["subnets"] as string[]).length, 2);
    });
  }

  it("may be deleted when the stack file says why", async () => {
    const made = await recordDoor({}, { frontDoorDeletionProtection: "the front door is being removed" });

    assert.equal(made.one(BALANCER).inputs["enableDeletionProtection"], false);
    assert.equal(made.one(BALANCER).protect, false);
  });

  it("asks for no access log, which would stay empty without TLS listeners (50)", async () => {
    const made = await recordDoor();

    assert.ok(!("accessLogs" in made.one(BALANCER).inputs));
    assert.notEqual(made.one(LISTENER).inputs["protocol"], "TLS");
  });
});

describe("a front door's target group", () => {
  it("takes addresses, keeps those of clients, ends sessions at an old primary, and looks as often as AWS can", async () => {
    const { inputs } = (await recordDoor()).one(TARGETS);

    assert.deepEqual(inputs, {
      vpcId: "vpc-1",
      targetType: "ip",
      ipAddressType: "ipv4",
      protocol: "TCP",
      port: 5432,
      preserveClientIp: "true",
      connectionTermination: true,
      deregistrationDelay: 0,
      healthCheck: {
        protocol: "TCP",
        port: "traffic-port",
        interval: 5,
        timeout: 3,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
    });
  });

  it("shows the load balancer in place of every client only where the settings say so", async () => {
    const { inputs } = (await recordDoor({ preserveClientIp: false })).one(TARGETS);

    assert.equal(inputs["preserveClientIp"], "false");
  });

  it("gives sessions at an old primary as long as the settings say", async () => {
    const { inputs } = (await recordDoor({ deregistrationDelaySeconds: 30 })).one(TARGETS);

    assert.equal(inputs["deregistrationDelay"], 30);
  });
});

describe("a front door's listener", () => {
  it("passes TCP through to the target group, on a port that may be another than the database's (51)", async () => {
    const made = await recordDoor({ port: 15432 });

    assert.deepEqual(made.one(LISTENER).inputs, {
      loadBalancerArn: arnOf("elasticloadbalancing", "loadbalancer/net/front-door-balancer-1a2b3c4/0123456789abcdef"),
      protocol: "TCP",
      port: 15432,
      defaultActions: [
        {
          type: "forward",
          targetGroupArn: arnOf("elasticloadbalancing", "targetgroup/front-door-targets-1a2b3c4/fedcba9876543210"),
        },
      ],
    });
    assert.equal(made.one(TARGETS).inputs["port"], 5432);
  });
});

describe("a front door that becomes another", () => {
  it("lets go of its target group before another load balancer takes it: AWS lets it serve one only", async () => {
    assert.equal((await recordDoor()).one(LISTENER).deleteBeforeReplace, true);
  });

  it("never deletes a load balancer to make room for another", async () => {
    const { inputs, deleteBeforeReplace } = (await recordDoor()).one(BALANCER);

    assert.ok(!("name" in inputs));
    assert.notEqual(deleteBeforeReplace, true);
  });
});
