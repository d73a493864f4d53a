/** Every kind of resource once, of the PCE and with the label that the stack's settings name. */
import * as pulumi from "@pulumi/pulumi";
import { IllumioProvider } from "../../../../illumio/resources/illumio-provider";
import { Label } from "../../../../illumio/resources/label";
import { PolicyProvisioning } from "../../../../illumio/resources/policy-provisioning";
import { RuleSet } from "../../../../illumio/resources/rule-set";
import { ServiceBinding } from "../../../../illumio/resources/service-binding";
import { UnmanagedWorkload } from "../../../../illumio/resources/unmanaged-workload";
import { VirtualService } from "../../../../illumio/resources/virtual-service";

interface PolicySettings {
  readonly host: string;
  readonly port: number;
  readonly caCertificate: string;
  readonly app: string;
  /** The key of the label that the rule allows. */
  readonly consumerKey?: string;
  readonly importedRole?: string;
}

const settings = new pulumi.Config().requireObject<PolicySettings>("policy");
const { host, port, caCertificate, app, consumerKey = "role" } = settings;
const provider = new IllumioProvider("pce", { host, port, caCertificate });
const externalDataSet = "rds-sightline/test";
const options = { provider };

const label = (key: string, value: string, opts: pulumi.CustomResourceOptions = {}) =>
  new Label(
    `label-${key}-${value}`,
    { key, value, externalDataSet, externalDataReference: `${key}=${value}` },
    { ...options, ...opts },
  );
const of = (key: string, { id }: Label) => ({ key, href: id });

const appLabel = label("app", app);
const role = label("role", "db", settings.importedRole ? { import: settings.importedRole } : {});
const client = consumerKey === "app" ? appLabel : label("role", "web");
const labels = [of("app", appLabel), of("role", role)];

const workload = new UnmanagedWorkload(
  "workload",
  {
    name: "database",
    labels,
    interfaces: [{ name: "eth0", address: "10.0.0.5" }],
    externalDataSet,
    externalDataReference: "workload",
  },
  options,
);
const service = new VirtualService(
  "service",
  {
    name: "database",
    labels,
    servicePorts: [{ port: 5432, proto: 6 }],
    serviceAddresses: [{ fqdn: "database.example.com" }],
    externalDataSet,
    externalDataReference: "service",
  },
  options,
);
const ruleSet = new RuleSet(
  "rules",
  {
    name: "database",
    scopes: [[{ label: of("app", appLabel) }]],
    rules: [
      {
        providers: [{ virtualService: { href: service.id } }],
        consumers: [{ label: of(consumerKey, client) }],
        ingressServices: [],
        resolveLabelsAs: { providers: ["virtual_services"], consumers: ["workloads"] },
      },
    ],
    externalDataSet,
    externalDataReference: "rules",
  },
  options,
);
const provisioning = new PolicyProvisioning(
  "provisioning",
  { objects: [service, ruleSet], description: "rds-sightline: test" },
  options,
);
new ServiceBinding(
  "binding",
  { virtualService: service.id, workload: workload.id },
  { ...options, dependsOn: provisioning },
);
