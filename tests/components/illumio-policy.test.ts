import assert from "node:assert/strict";
import { comesBefore } from "../support/components";
import { recordStack } from "../support/program";

const made = () => recordStack("with an Illumio side");

describe("the Illumio side of a database", () => {
  it("is these resources, a label once whoever has it, and none without its settings", async () => {
    const isOfPce = (name: string) => name.startsWith("illumio-policy");

    assert.deepEqual((await made()).names().filter(isOfPce), [
      "illumio-policy-binding",
      "illumio-policy-label-app-report",
      "illumio-policy-label-app-shop",
      "illumio-policy-label-env-prod",
      "illumio-policy-label-role-db",
      "illumio-policy-label-role-job",
      "illumio-policy-label-role-web",
      "illumio-policy-pce",
      "illumio-policy-provisioning",
      "illumio-policy-rules",
      "illumio-policy-service",
      "illumio-policy-workload",
    ]);
    assert.deepEqual((await recordStack("with a PCE")).names().filter(isOfPce), []);
  });

  it("names the endpoint and its port, and the addresses of primary and standby", async () => {
    const { inputs: service } = (await made()).named("illumio-policy-service");
    const { inputs: workload } = (await made()).named("illumio-policy-workload");

    assert.deepEqual(service["servicePorts"], [{ port: 5432, proto: 6 }]);
    assert.deepEqual(service["serviceAddresses"], [
      { fqdn: "rds-sightline-dev-abcd.abcdefghijkl.us-west-2.rds.amazonaws.com" },
    ]);
    assert.deepEqual(workload["interfaces"], [
      { name: "eth0", address: "10.0.128.1" },
      { name: "eth1", address: "10.0.128.2" },
    ]);
    assert.equal(workload["externalDataSet"], "rds-sightline/111122223333/us-west-2/dev");
  });

  it("has no role in the scope, and of each client all labels, the database's own where its entry says none", async () => {
    const { inputs } = (await made()).named("illumio-policy-rules");
    const [scopes, rules] = [inputs["scopes"], inputs["rules"]] as [Entry[][], { consumers: Entry[] }[]];
    const keys = (entries: Entry[] | undefined) => entries?.map(({ label }) => `${label.key} ${label.href}`);

    assert.deepEqual(
      scopes[0]?.map(({ label }) => label.key),
      ["app", "env"],
    );
    assert.deepEqual(
      rules.map(({ consumers }) => keys(consumers)?.map((each) => /label-\w+-\w+/.exec(each)?.[0])),
      [
        ["label-app-shop", "label-env-prod", "label-role-web"],
        ["label-app-report", "label-env-prod", "label-role-job"],
      ],
    );
  });

  it("is made in the order that a PCE needs, and after the secret with its key", async () => {
    const recording = await made();
    const order = [
      ["flow-forwarder-pce-secret-value", "illumio-policy-pce"],
      ["illumio-policy-label-role-db", "illumio-policy-workload"],
      ["illumio-policy-label-app-shop", "illumio-policy-rules"],
      ["illumio-policy-service", "illumio-policy-rules"],
      ["illumio-policy-rules", "illumio-policy-provisioning"],
      ["illumio-policy-provisioning", "illumio-policy-binding"],
    ] as const;

    for (const [first, second] of order) assert.ok(comesBefore(recording, first, second), `${first} before ${second}`);
  });

  it("gives the provider no secret", async () => {
    const { inputs } = (await made()).named("illumio-policy-pce");

    assert.deepEqual(Object.keys(inputs).sort(), ["credentialsSecretArn", "host", "orgId", "port"]);
  });
});

interface Entry {
  readonly label: { readonly key: string; readonly href: string };
}
