import assert from "node:assert/strict";
import type { PceOptions } from "../../../../sandbox/pce/server";
import { type Api, type Shown, startApi, tokenOf } from "../api";
import { RULE_SETS, rule, VIRTUAL_SERVICES, virtualService } from "./policy-samples";

describe("rule sets at the PCE stand-in", () => {
  let api: Api;
  const start = async (options?: PceOptions) => {
    api = await startApi(options);
  };
  afterEach(() => api.close());

  it("are for everything when nothing is said, and have numbers in their hrefs", async () => {
    await start();

    const ruleSet = await api.make(RULE_SETS, { name: "rds" });

    assert.match(ruleSet.href, /^\/orgs\/1\/sec_policy\/draft\/rule_sets\/\d+$/);
    assert.deepEqual(
      [ruleSet["scopes"], ruleSet["rules"], ruleSet["enabled"], ruleSet["update_type"]],
      [[[]], [], true, "create"],
    );
  });

  it("are one of a name", async () => {
    await start();
    await api.make(RULE_SETS, { name: "rds" });
    const other = await api.make(RULE_SETS, { name: "other" });

    assert.equal(tokenOf(await api.send("POST", RULE_SETS, { name: "rds" })), "not_acceptable_error");
    assert.equal(tokenOf(await api.send("PUT", other.href, { name: "rds" })), "not_acceptable_error");
  });

  it("refuse a role in a scope, two labels of a key, what is not there, and nulls", async () => {
    await start();
    const [role, app, other] = [
      await api.make("/labels", { key: "role", value: "DB" }),
      await api.make("/labels", { key: "app", value: "Pay" }),
      await api.make("/labels", { key: "app", value: "Other" }),
    ];
    const token = async (...scope: { href: string }[]) => {
      const scopes = [scope.map(({ href }) => ({ label: { href } }))];
      return tokenOf(await api.send("POST", RULE_SETS, { name: "rds", scopes }));
    };

    assert.equal(await token(role), "input_validation_error");
    assert.equal(await token(app, other), "input_validation_error");
    assert.equal(await token({ href: "/orgs/1/labels/99" }), "invalid_uri");
    const nulls = await api.send<{ message: string }[]>("POST", RULE_SETS, { name: "rds", ip_tables_rules: null });
    assert.match(
      String(nulls.body[0]?.message),
      /'#\/ip_tables_rules' of type null did not match the following type: array/,
    );
    assert.equal(await token(app), undefined);
  });

  describe("have rules, which", () => {
    let label: Shown;
    let service: Shown;
    let ruleSet: Shown;
    const prepare = async (options?: PceOptions) => {
      await start(options);
      label = await api.make("/labels", { key: "role", value: "Clients" });
      service = await api.make(VIRTUAL_SERVICES, virtualService());
      ruleSet = await api.make(RULE_SETS, { name: "rds" });
    };
    const token = async (change: object) => {
      const reply = await api.send("POST", `${ruleSet.href}/sec_rules`, { ...rule(label, service), ...change });
      return reply.status === 201 ? 201 : tokenOf(reply);
    };
    const as = (...providers: string[]) => ({ resolve_labels_as: { providers, consumers: ["workloads"] } });
    const ports = [{ port: 5432, proto: 6 }];

    it("have services exactly when providers resolve as workloads", async () => {
      await prepare();

      assert.equal(await token({}), 201);
      assert.equal(await token({ ingress_services: ports }), "input_validation_error");
      assert.equal(await token({ ...as("workloads", "virtual_services"), ingress_services: ports }), 201);
      assert.equal(await token({ ...as("workloads", "virtual_services") }), "input_validation_error");
      assert.equal(await token({ providers: [{ actors: "ams" }], ...as("workloads") }), "input_validation_error");
      assert.equal(await token({ providers: [{ actors: "ams" }], ...as("workloads"), ingress_services: ports }), 201);
    });

    it("resolve a virtual service as one, unless the PCE does not mind", async () => {
      await prepare();
      assert.equal(await token({ ...as("workloads"), ingress_services: ports }), "input_validation_error");
      await api.close();

      await prepare({ virtualServiceProvider: "any" });
      assert.equal(await token({ ...as("workloads"), ingress_services: ports }), 201);
    });

    it("name exactly one thing in each actor, and only things that are there", async () => {
      await prepare();
      const one = { href: label.href };
      const none = { href: "/orgs/1/sec_policy/draft/virtual_services/none" };

      assert.equal(await token({ consumers: [{}] }), "input_validation_error");
      assert.equal(await token({ consumers: [] }), "input_validation_error");
      assert.equal(await token({ consumers: [{ actors: "ams", label: one }] }), "input_validation_error");
      assert.equal(await token({ consumers: [{ virtual_server: one }] }), "input_validation_error");
      assert.equal(await token({ consumers: [{ workload: { href: "/orgs/1/workloads/none" } }] }), "invalid_uri");
      assert.equal(await token({ providers: [{ virtual_service: none }] }), "invalid_uri");
      // a draft names drafts
      const active = { href: service.href.replace("draft", "active") };
      assert.equal(await token({ providers: [{ virtual_service: active }] }), "invalid_uri");
      assert.equal(await token({ consumers: [{ ip_list: { href: "/orgs/1/sec_policy/draft/ip_lists/1" } }] }), 201);
    });

    it("are sent with their rule set, and checked as strictly when changed or sent along", async () => {
      await prepare();
      const made = await api.make(`${ruleSet.href}/sec_rules`, rule(label, service));

      assert.match(made.href, /\/rule_sets\/\d+\/sec_rules\/\d+$/);
      assert.deepEqual([made["network_type"], made["update_type"]], ["brn", "create"]);
      assert.deepEqual((await api.get<{ rules: Shown[] }>(ruleSet.href)).body.rules, [made]);
      assert.equal(tokenOf(await api.send("PUT", made.href, { ingress_services: ports })), "input_validation_error");
      const along = { name: "two", rules: [{ ...rule(label, service), ingress_services: ports }] };
      assert.equal(tokenOf(await api.send("POST", RULE_SETS, along)), "input_validation_error");
    });

    it("are gone at once when they never were live", async () => {
      await prepare();
      const { href } = await api.make(`${ruleSet.href}/sec_rules`, rule(label, service));

      assert.equal((await api.send("DELETE", href)).status, 204);

      assert.equal((await api.send("DELETE", href)).status, 404);
      assert.deepEqual((await api.get(`${ruleSet.href}/sec_rules`)).body, []);
    });
  });
});
