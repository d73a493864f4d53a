import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { IllumioProvider } from "../illumio/resources/illumio-provider";
import { Label } from "../illumio/resources/label";
import { PolicyProvisioning } from "../illumio/resources/policy-provisioning";
import { RuleSet } from "../illumio/resources/rule-set";
import { ServiceBinding } from "../illumio/resources/service-binding";
import { UnmanagedWorkload } from "../illumio/resources/unmanaged-workload";
import { VirtualService } from "../illumio/resources/virtual-service";
import type { IllumioSettings, PceSettings } from "../settings";
import type { Account } from "./account";
import { databaseAddresses } from "./database-addresses";
import type { FlowLogPlaces } from "./flow-log-targets";
import { type LabelName, type PolicyPlan, planPolicy } from "./policy-labels";

/** What a policy is about. Every default is settings.ts's. */
export interface IllumioPolicyArgs extends Pick<FlowLogPlaces, "databaseGroupId" | "databaseInstance"> {
  readonly account: pulumi.Output<Account>;
  readonly stack: string;
  readonly settings: IllumioSettings;
  readonly pce: PceSettings;
  /** The secret with the PCE's API key. It is read by whoever runs an update, and when an update needs it. */
  readonly credentialsSecretArn: pulumi.Input<string>;
  readonly database: {
    readonly identifier: pulumi.Input<string>;
    /** The endpoint: a DNS name. */
    readonly address: pulumi.Input<string>;
    readonly port: pulumi.Input<number>;
  };
}

const TCP = 6;

/**
 * The database in Illumio: its labels, a workload with its addresses, a virtual service with its endpoint's name and port, bound to the
 * workload, and the rules that let its clients in, provisioned. What others made in the PCE is used where it is the same, and never
 * changed; a destroy takes away what this made.
 */
export class IllumioPolicy extends pulumi.ComponentResource {
  /** Href of the draft of the virtual service. */
  readonly virtualServiceHref: pulumi.Output<string>;
  /** Href of the workload that stands for the database. */
  readonly workloadHref: pulumi.Output<string>;
  /** By which its virtual service and its rule set are found in the PCE. */
  readonly identity: Identity;

  constructor(name: string, args: IllumioPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:illumio:IllumioPolicy", name, {}, opts);
    const { identifier } = args.database;

    const plan = planPolicy(args.settings.labels, args.settings.clients);
    const made = { parent: this, provider: this.provider(name, args) };
    const identity = {
      externalDataSet: args.account.apply(
        ({ accountId, region }) => `rds-sightline/${accountId}/${region}/${args.stack}`,
      ),
      externalDataReference: "database",
    };
    const labels = this.labels(name, plan, identity, made);
    const workload = this.workload(name, args, { ...identity, labels: labels.all(plan.database) }, made);
    const service = this.service(name, args, { ...identity, labels: labels.all(plan.database) }, made);
    const ruleSet = this.ruleSet(name, args, { plan, labels, service, identity }, made);
    const provisioning = new PolicyProvisioning(
      `${name}-provisioning`,
      { objects: [service, ruleSet], description: pulumi.interpolate`rds-sightline: policy of ${identifier}` },
      made,
    );
    new ServiceBinding(
      `${name}-binding`,
      { virtualService: service.id, workload: workload.id },
      { ...made, dependsOn: provisioning },
    );

    this.virtualServiceHref = service.id;
    this.workloadHref = workload.id;
    this.identity = identity;
    this.registerOutputs({ virtualServiceHref: this.virtualServiceHref, workloadHref: this.workloadHref });
  }

  private provider(name: string, { pce, credentialsSecretArn }: IllumioPolicyArgs): IllumioProvider {
    const { host, port, orgId, caCertificate } = pce;
    return new IllumioProvider(
      `${name}-pce`,
      // the profile that the stack uses for AWS, should it say one
      { host, port, orgId, caCertificate, credentialsSecretArn, awsProfile: aws.config.profile },
      { parent: this },
    );
  }

  private labels(name: string, plan: PolicyPlan, { externalDataSet }: Identity, made: Made): LabelsByName {
    const labels = new Map(
      plan.labels.map(({ key, value }) => [
        `${key}=${value}`,
        new Label(
          // what a label is called is what it is: another value is another label
          `${name}-label-${key}-${value}`,
          { key, value, externalDataSet, externalDataReference: `${key}=${value}` },
          made,
        ),
      ]),
    );
    const one = ({ key, value }: LabelName): LabelOf => {
      const label = labels.get(`${key}=${value}`);
      if (label === undefined) throw new Error(`the label ${key}=${value} is not in the plan of the policy`);
      return { key, href: label.id };
    };
    return { one, all: (names) => names.map(one) };
  }

  private workload(name: string, args: IllumioPolicyArgs, common: Labelled, made: Made): UnmanagedWorkload {
    const interfaces = databaseAddresses(args).apply((addresses) =>
      addresses.map((address, index) => ({ name: `eth${index}`, address })),
    );
    const { identifier, address } = args.database;
    const description = "Amazon RDS instance: an interface each for the primary and the standby";
    return new UnmanagedWorkload(
      `${name}-workload`,
      { ...common, name: identifier, hostname: address, description, interfaces },
      made,
    );
  }

  private service(name: string, { database }: IllumioPolicyArgs, common: Labelled, made: Made): VirtualService {
    return new VirtualService(
      `${name}-service`,
      {
        ...common,
        name: database.identifier,
        applyTo: "host_only",
        servicePorts: [{ port: database.port, proto: TCP }],
        serviceAddresses: [{ fqdn: database.address }],
      },
      made,
    );
  }

  private ruleSet(name: string, { database }: IllumioPolicyArgs, parts: RuleParts, made: Made): RuleSet {
    const { plan, labels, service, identity } = parts;
    return new RuleSet(
      `${name}-rules`,
      {
        ...identity,
        // unique in the organisation, as the database's name and its random ending are
        name: database.identifier,
        scopes: [plan.scope.map((each) => ({ label: labels.one(each) }))],
        rules: plan.clients.map((client) => ({
          providers: [{ virtualService: { href: service.id } }],
          consumers: client.map((each) => ({ label: labels.one(each) })),
          ingressServices: [],
          resolveLabelsAs: { providers: ["virtual_services"], consumers: ["workloads"] },
          // each rule says all of its labels: none is left to the scope
          unscopedConsumers: true,
        })),
      },
      made,
    );
  }
}

interface LabelOf {
  readonly key: string;
  readonly href: pulumi.Output<string>;
}

interface LabelsByName {
  readonly one: (name: LabelName) => LabelOf;
  readonly all: (names: readonly LabelName[]) => readonly LabelOf[];
}

/** How objects of this stack are known again in the PCE. */
export interface Identity {
  readonly externalDataSet: pulumi.Output<string>;
  readonly externalDataReference: string;
}

interface Labelled extends Identity {
  readonly labels: readonly LabelOf[];
}

interface Made {
  readonly parent: pulumi.Resource;
  readonly provider: IllumioProvider;
}

interface RuleParts {
  readonly plan: PolicyPlan;
  readonly labels: LabelsByName;
  readonly service: VirtualService;
  readonly identity: Identity;
}
