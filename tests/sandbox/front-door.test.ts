import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { readClientPath } from "../../sandbox/aws/client-path";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { listDatabases } from "../../sandbox/aws/registry";
import { readTargetChanges, secondsWithoutTarget } from "../../sandbox/aws/target-changes";
import type { ConfigValue, OperationResult } from "../../sandbox/engine/operation";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { suiteSandbox } from "../support/suite-sandbox";

const FRONT_DOOR = "rds-sightline:frontDoor";
const ALLOWED = { allowedCidrs: ["203.0.113.0/24", "198.51.100.7/32"] };
const [CLIENTS, STRANGER] = [["203.0.113.7", "198.51.100.7"], "198.51.100.8"];
const PUBLIC = { [FRONT_DOOR]: { exposure: "public", ...ALLOWED } };
const OTHER_PORT = { [FRONT_DOOR]: { exposure: "public", ...ALLOWED, port: 6432, preserveClientIp: false } };
const INTERNAL = { [FRONT_DOOR]: { exposure: "internal", ...ALLOWED } };
const PRIVATE_LINK = {
  [FRONT_DOOR]: { exposure: "privatelink", ...ALLOWED, allowedPrincipals: ["arn:aws:iam::111122223333:root"] },
};
const NONE = { [FRONT_DOOR]: {} };
const DATABASE = "rds-sightline:database";
const EXCEPTIONS = "rds-sightline:exceptions";

const namesOf = ({ steps }: OperationResult, ...ops: string[]): string[] =>
  steps.filter((step) => ops.includes(step.op)).map(({ name }) => name);

// what changes with the door and is not of it: whose clients are known, and what the dashboard shows
const seesTheDoor = (name: string): boolean => /^(audit-logins-filter-outside-clients|dashboard-page$)/.test(name);

// the door itself, what follows it, and who is let in by it
const isOfTheDoor = (name: string): boolean =>
  /^(front-door|target-sync|endpoint-service)/.test(name) ||
  /^access-.*(front-door|target-sync)/.test(name) ||
  /^network-(public|internet)/.test(name) ||
  /^network-database-acl-(queries-from|replies-to|health-check)/.test(name);

describe("The front door, deployed by the real engine", function () {
  this.timeout(120_000);
  let sandbox: Sandbox;

  suiteSandbox("front-door", { minuteMs: 6_000 }, (opened) => {
    sandbox = opened;
  });

  // the first run of target-sync is part of the update, and waits for healthy: the emulator's health checks go through the security
  // groups and network ACLs of both sides
  const targets = async (): Promise<string[]> => {
    const { moto, region, admin } = sandbox;
    const { elb } = awsClients({ endpoint: moto.url, region, credentials: admin });
    const { TargetGroups: groups = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
    const described = await Promise.all(
      groups.map(({ TargetGroupArn }) => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))),
    );
    return described
      .flatMap(({ TargetHealthDescriptions: each = [] }) => each)
      .map(({ Target, TargetHealth }) => `${Target?.Id}:${Target?.Port} ${TargetHealth?.State}`);
  };
  // a balancer that is made anew begins to check the targets that its group has
  const checkedTargets = async (): Promise<string[]> => {
    for (let tries = 0; tries < 100 && (await targets()).some((each) => each.endsWith(" initial")); tries += 1) {
      await sleep(200);
    }
    return targets();
  };
  const healthyPrimary = async (): Promise<string[]> => {
    const databases = await listDatabases(sandbox.run.path);
    return databases.map(({ primary, port }) => `${primary.ip}:${port} healthy`);
  };
  const letThrough = async (): Promise<string[]> => {
    const { moto, region, admin } = sandbox;
    const { elb } = awsClients({ endpoint: moto.url, region, credentials: admin });
    const { TargetGroups: [group] = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
    const targetGroupArn = group?.TargetGroupArn ?? "";
    const paths = [...CLIENTS, STRANGER].map(async (from) => ({
      from,
      ...(await readClientPath(moto.url, { from, targetGroupArn })),
    }));
    return (await Promise.all(paths)).filter(({ getsThrough }) => getsThrough).map(({ from }) => from);
  };
  const schemes = async (): Promise<string[]> => {
    const { moto, region, admin } = sandbox;
    const { elb } = awsClients({ endpoint: moto.url, region, credentials: admin });
    const { LoadBalancers: found = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
    return found.map(({ Scheme = "none" }) => Scheme);
  };

  /** The tour gives every protection up; these settings keep the front door's. */
  const protectedDoor = (): Record<string, ConfigValue> => {
    const exceptions = { ...(sandbox.settings.config[EXCEPTIONS] as Record<string, string>) };
    delete exceptions["frontDoorDeletionProtection"];
    return { [EXCEPTIONS]: exceptions };
  };

  const movedDatabase = (config: Record<string, ConfigValue>): Record<string, ConfigValue> => ({
    ...config,
    [DATABASE]: { ...(sandbox.settings.config[DATABASE] as Record<string, ConfigValue>), port: 5433 },
  });

  it("is not there unless a stack asks for one", async () => {
    const made = await sandbox.operate("up", { config: NONE });

    assert.deepEqual(namesOf(made, "create").filter(isOfTheDoor), []);
    assert.deepEqual(await schemes(), []);
  });

  it("is put before a running database, touches nothing but the key that its function uses, and holds the primary", async () => {
    const opened = await sandbox.operate("up", { config: { ...PUBLIC, ...protectedDoor() } });

    assert.deepEqual(namesOf(opened, "replace", "delete"), []);
    assert.deepEqual(
      namesOf(opened, "create").filter((name) => !isOfTheDoor(name)),
      [],
    );
    assert.deepEqual(
      namesOf(opened, "update").filter((name) => !seesTheDoor(name)),
      ["messages-key-key"],
    );
    assert.deepEqual(await targets(), await healthyPrimary());
    assert.deepEqual(await schemes(), ["internet-facing"]);
    assert.deepEqual(await letThrough(), CLIENTS);
  });

  it("is refused to be removed or made anew, in the preview already, while it is protected", async () => {
    for (const config of [NONE, INTERNAL]) {
      const preview = sandbox.operate("preview", { config: { ...config, ...protectedDoor() } });

      await assert.rejects(preview, /front-door-balancer[\s\S]*protect/);
    }
  });

  it("moves to another port, hides its clients, follows the database to another port, and gives its protection up, without being replaced or empty", async () => {
    const from = Date.now();
    const moved = await sandbox.operate("up", { config: movedDatabase(OTHER_PORT) });

    const replaced = namesOf(moved, "replace", "delete");
    assert.ok(
      replaced.some((name) => name.startsWith("network-database-acl-")),
      replaced.join(", "),
    );
    assert.deepEqual(
      replaced.filter((name) => !/^(access|network-database-acl)-/.test(name)),
      ["target-sync-first-run"],
    );
    assert.ok(namesOf(moved, "update").includes("front-door-listener"), namesOf(moved, "update").join(", "));
    assert.deepEqual(await targets(), await healthyPrimary());
    assert.match((await targets()).join(), /:5433 healthy$/);
    assert.deepEqual(await letThrough(), CLIENTS);
    const changes = await readTargetChanges(sandbox.moto.url);
    assert.equal(secondsWithoutTarget(changes, changes[0]?.targetGroupArn ?? "", { from, to: Date.now() }), 0);
  });

  for (const [exposure, config] of [
    ["internal", INTERNAL],
    ["an endpoint service", PRIVATE_LINK],
  ] as const) {
    it(`becomes ${exposure}, and nothing else is replaced`, async () => {
      const changed = await sandbox.operate("up", { config: movedDatabase(config) });

      assert.deepEqual(
        namesOf(changed, "create", "replace", "delete", "update").filter(
          (name) => !isOfTheDoor(name) && !seesTheDoor(name),
        ),
        [],
      );
      assert.deepEqual(await checkedTargets(), await healthyPrimary());
      assert.deepEqual(await schemes(), ["internal"]);
      assert.deepEqual(await letThrough(), CLIENTS);
    });
  }

  it("is taken away, and nothing else goes with it", async () => {
    const closed = await sandbox.operate("up", { config: movedDatabase(NONE) });

    assert.deepEqual(
      namesOf(closed, "create", "replace", "delete").filter((name) => !isOfTheDoor(name)),
      [],
    );
    assert.deepEqual(
      namesOf(closed, "update").filter((name) => !seesTheDoor(name)),
      ["messages-key-key"],
    );
    assert.deepEqual(await schemes(), []);
    assert.deepEqual(sandbox.runner.errors(), []);
    assert.deepEqual(await sandbox.moto.denials(), []);
  });
});
