import assert from "node:assert/strict";
import { rangeText } from "../../../functions/enforcement/address-ranges";
import { allowedClients, type PolicyAnswer } from "../../../functions/enforcement/allowed-clients";
import { pceVariants } from "../../../sandbox/pce/behaviour";
import { type EnforcedPolicy, enforcedPolicy, IDENTITY, PORT } from "../../support/enforced-policy";
import { newWorkload, workloadsOf } from "../../support/policy-of-stand-in";

describe("the clients that the active policy lets in", () => {
  const open: EnforcedPolicy[] = [];
  const start = async (...args: Parameters<typeof enforcedPolicy>): Promise<EnforcedPolicy> => {
    const policy = await enforcedPolicy(...args);
    open.push(policy);
    return policy;
  };
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  const asked = (policy: EnforcedPolicy) => allowedClients(policy, IDENTITY, PORT);
  const allowed = async (policy: EnforcedPolicy) => {
    const answer = await asked(policy);
    assert.ok("ranges" in answer, "missing" in answer ? answer.missing : "");
    const { unresolved } = answer;
    return { ranges: answer.ranges.map(rangeText), unusable: answer.unusable.map(rangeText), unresolved };
  };
  const only = (...ranges: readonly string[]) => ({ ranges, unusable: [], unresolved: [] });
  const missing = (answer: PolicyAnswer) => ("missing" in answer ? answer.missing : assert.fail("there is a policy"));

  for (const { name, behaviour } of pceVariants) {
    describe(`of a PCE that behaves ${name}`, () => {
      it("are the workloads, managed or not, with all labels of a rule, by their addresses", async () => {
        const policy = await start(behaviour);
        await policy.workload("web", "10.0.0.1", "role=web", "app=shop", "env=prod");
        await policy.workload("other", "10.0.0.5", "role=web", "app=report", "env=prod");
        policy.pce.plantManagedWorkload({
          hostname: "agent",
          interfaces: [
            { name: "eth0", address: "10.0.1.7" },
            { name: "eth1", address: "10.0.1.8", link_state: "down" },
            { name: "eth0", address: "fd00::7" },
            { name: "eth0", address: "fe80::7" },
            { name: "eth2", address: "203.0.113.7" },
          ],
          labels: ["role=web", "app=shop", "env=prod"].map((text) => policy.label(text as "role=web")),
        });
        await policy.rule(policy.having("role=web", "app=shop", "env=prod"));
        await policy.provision();

        assert.deepEqual(await allowed(policy), {
          ranges: ["10.0.0.1/32", "10.0.1.7/32", "fd00::7/128"],
          unusable: ["203.0.113.7/32", "fe80::7/128"],
          unresolved: [],
        });
      });

      it("are those of what is provisioned, whoever added the rule, and not of what is drafted", async () => {
        const policy = await start(behaviour);
        await policy.workload("web", "10.0.0.1", "role=web");
        const job = await policy.workload("job", "10.0.0.3", "role=job");
        await policy.rule(policy.having("role=web"));

        assert.match(missing(await asked(policy)), /virtual service is not provisioned/);
        await policy.provision();
        const added = await policy.rule([{ workload: job }]);
        assert.deepEqual(await allowed(policy), only("10.0.0.1/32"));
        await policy.provision();
        assert.deepEqual(await allowed(policy), only("10.0.0.1/32", "10.0.0.3/32"));
        await policy.ruleSets.updateRule(added, { enabled: false });
        await policy.provision();
        assert.deepEqual(await allowed(policy), only("10.0.0.1/32"));
      });

      it("are all of more workloads than come at once", async function () {
        this.timeout(20_000);
        const policy = await start(behaviour);
        const labels = [policy.label("role=web")];
        await policy.workloads.bulkCreate(workloadsOf(700).map((each) => ({ ...each, labels })));
        await policy.rule(policy.having("role=web"));
        await policy.provision();

        // 10.1.0.0 to 10.1.2.187
        assert.deepEqual(await allowed(policy), only("10.1.0.0-10.1.2.187"));
      });
    });
  }

  it("of one key are alternatives, of another must be there as well, and an exclusion must not", async () => {
    const policy = await start();
    await policy.workload("web", "10.0.0.1", "role=web", "app=shop");
    await policy.workload("job", "10.0.0.3", "role=job", "app=shop");
    await policy.workload("web-of-report", "10.0.0.5", "role=web", "app=report");
    await policy.workload("web-of-prod", "10.0.0.7", "role=web", "app=shop", "env=prod");
    const href = await policy.rule([
      ...policy.having("role=web", "role=job", "app=shop"),
      { label: policy.label("env=prod"), exclusion: true },
    ]);
    await policy.provision();

    assert.deepEqual(await allowed(policy), only("10.0.0.1/32", "10.0.0.3/32"));
    await policy.ruleSets.updateRule(href, { consumers: policy.having("role=web", "role=job") });
    await policy.provision();
    assert.deepEqual(await allowed(policy), only("10.0.0.1/32", "10.0.0.3/32", "10.0.0.5/32", "10.0.0.7/32"));
  });

  it("must be in the scope of a rule that says so", async () => {
    const policy = await start({}, { scopes: (label) => [[{ label: label("app=shop") }]] });
    await policy.workload("web", "10.0.0.1", "role=web", "app=shop");
    const other = await policy.workload("other", "10.0.0.3", "role=web", "app=report");
    await policy.rule([...policy.having("role=web"), { workload: other }], { unscopedConsumers: false });
    await policy.provision();

    assert.deepEqual(await allowed(policy), only("10.0.0.1/32"));
  });

  it("are those of rules to the database, by its labels too, and not of rules to others", async () => {
    const policy = await start({}, { scopes: () => [[]] });
    await policy.workload("web", "10.0.0.1", "role=web");
    await policy.workload("job", "10.0.0.3", "role=job");
    const byWorkload = { providers: ["workloads"], consumers: ["workloads"] } as const;
    const toDatabase = policy.having("role=db", "app=shop");
    const first = await policy.rule(policy.having("role=web"), { providers: toDatabase });
    await policy.rule(policy.having("role=job"), { providers: policy.having("role=db", "app=report") });
    await policy.provision();

    assert.deepEqual(await allowed(policy), only("10.0.0.1/32"));
    for (const [port, found] of [
      [PORT, ["10.0.0.1/32"]],
      [PORT + 1, []],
    ] as const) {
      const ingressServices = [{ port, proto: 6 }];
      await policy.ruleSets.updateRule(first, { resolveLabelsAs: byWorkload, ingressServices });
      await policy.provision();
      assert.deepEqual(await allowed(policy), only(...found));
    }
  });

  it("are nobody of a rule set whose scope the database is not in", async () => {
    const policy = await start({}, { scopes: (label) => [[{ label: label("app=report") }]] });
    await policy.workload("web", "10.0.0.1", "role=web");
    await policy.rule(policy.having("role=web"));
    await policy.provision();

    assert.deepEqual(await allowed(policy), only());
  });

  it("are not known where a rule names all workloads, and then those of other rules are", async () => {
    const policy = await start();
    await policy.workload("web", "10.0.0.1", "role=web");
    await policy.rule([{ actors: "ams" }]);
    await policy.rule(policy.having("role=web"));
    await policy.provision();

    const { ranges, unresolved } = await allowed(policy);

    assert.deepEqual(ranges, ["10.0.0.1/32"]);
    assert.equal(unresolved.length, 1);
    assert.match(unresolved[0] ?? "", /sec_rules\/\d+: its consumers are all workloads/);
  });

  it("never are any address, whose list is said to be unusable", async () => {
    const policy = await start();
    await policy.rule([{ ipList: { href: "/orgs/1/sec_policy/draft/ip_lists/1" } }]);
    await policy.provision();

    assert.deepEqual(await allowed(policy), { ranges: [], unusable: ["0.0.0.0/0", "::/0"], unresolved: [] });
  });

  it("are nobody known while the rule set is disabled, deleted, or of another port", async () => {
    const policy = await start();
    await policy.provision();
    await policy.ruleSets.update(policy.ruleSet.href, { enabled: false });
    await policy.provision();
    assert.match(missing(await asked(policy)), /the rule set is disabled/);
    await policy.ruleSets.delete(policy.ruleSet.href);
    assert.match(missing(await asked(policy)), /the rule set is not there/);

    const other = await start({}, { port: 3306 });
    await other.provision();
    assert.match(missing(await asked(other)), /not on the database's port, TCP 5432/);
  });

  it("are asked for with few requests: no more than ten for a rule of three labels", async () => {
    const policy = await start();
    await policy.workloads.create(newWorkload("web", "10.0.0.1", policy.label("role=web")));
    await policy.rule(policy.having("role=web", "app=shop", "env=prod"));
    await policy.provision();
    const requests = () => Object.values(policy.pce.requestsByKind()).reduce((sum, count) => sum + count, 0);

    const before = requests();
    await asked(policy);

    assert.ok(requests() - before <= 10, `${requests() - before} requests`);
  });
});
