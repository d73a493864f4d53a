import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnforcementEnvironment } from "../functions/enforcement/config";
import type { IllumioSettings, PceSettings } from "../settings";
import type { Account } from "./account";
import { enforcementAlarms } from "./enforcement-alarms";
import { changeStatements, lookStatements } from "./enforcement-permissions";
import { eventTrigger, everyMinutes } from "./event-trigger";
import { functionMetrics, powertoolsEnvironment } from "./function-metrics";
import type { Identity } from "./illumio-policy";
import { type EnvironmentOf, type FunctionNetwork, LambdaFunction } from "./lambda-function";
import type { StackNames } from "./names";
import { pceFiles, pceVariables } from "./pce-variables";
import { policyDocument } from "./policy-documents";

/** Of which policy, in which security group. Every default is settings.ts's. */
export interface EnforcementArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly mode: Exclude<IllumioSettings["enforce"], "off">;
  /** Labels and clients: with another policy a run comes in the same update. */
  readonly settings: IllumioSettings;
  readonly pce: PceSettings;
  /** By which the policy is found in the PCE. */
  readonly identity: Identity;
  readonly credentialsSecretArn: pulumi.Input<string>;
  /** The security group that only this database has. */
  readonly databaseGroupId: pulumi.Input<string>;
  readonly databasePort: pulumi.Input<number>;
  /** The messages key: environment, log, and the secret if it was made here. */
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly logRetentionDays: number;
  /** @default - outside of any VPC */
  readonly network?: FunctionNetwork | undefined;
}

const FOLDER = "enforcement";
const EVERY_MINUTES = 5;

// some ten requests to the PCE; a long collection of workloads takes a minute
const TIMEOUT_SECONDS = 120;

// A run makes some ten. They are not taken from the forwarder's share: what a PCE refuses for its rate is tried again
const MAX_REQUESTS_PER_MINUTE = 60;

// the next run is never far: nothing that is late is worth keeping
const EVENT_AGE_SECONDS = 60;

/** The tag on rules that the function makes; the function knows it, too. */
const OWNER_TAG: typeof import("../functions/enforcement/security-group").OWNER_TAG = "rds-sightline:made-by";

/**
 * The active policy's clients as ingress rules of the database's security group: with `audit` the difference is logged and measured, and
 * nothing more is permitted; with `on` it is made. Its rules are tagged, and only those are removed: also when this goes, or becomes an
 * audit, by the deletion of `${name}-rules`.
 *
 * Cost: about $3.50 per month, of which $0.30 for three alarms, $3 for the function's own ten metrics.
 */
export class Enforcement extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  /** Of the role under which it changes the database's security group. */
  readonly roleName: pulumi.Output<string>;

  constructor(name: string, args: EnforcementArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:illumio:Enforcement", name, {}, opts);

    const owner = args.names.lambdaFunction(FOLDER);
    const environment = environmentOf(args, owner);
    const lambda = this.lambda(name, args, environment);
    const retries = this.retries(name, lambda);
    const work = { lambda, environment, before: [lambda, retries] };
    const firstRun = args.mode === "on" ? this.rules(name, args, owner, work) : this.firstLook(name, args, work);
    // after the first run, and so gone before the rules are taken back
    const later = { parent: this, dependsOn: firstRun };
    eventTrigger(
      `${name}-schedule`,
      {
        rule: {
          name: args.names.eventRule("enforcement-schedule"),
          description: "A look at the active policy and the database's ingress rules",
          scheduleExpression: everyMinutes(EVERY_MINUTES),
        },
        lambda,
        targetId: FOLDER,
        retryPolicy: { maximumEventAgeInSeconds: EVENT_AGE_SECONDS, maximumRetryAttempts: 2 },
      },
      later,
    );
    const metrics = functionMetrics(args.names, FOLDER);
    // an update whose first run fails says so itself
    enforcementAlarms(
      name,
      { ...args, functionName: lambda.functionName, everyMinutes: EVERY_MINUTES, metrics },
      later,
    );

    this.functionName = lambda.functionName;
    this.roleName = lambda.roleName;
    this.registerOutputs({ functionName: this.functionName });
  }

  private lambda(
    name: string,
    args: EnforcementArgs,
    environment: EnvironmentOf<EnforcementEnvironment>,
  ): LambdaFunction {
    return new LambdaFunction(
      `${name}-lambda`,
      {
        account: args.account,
        names: args.names,
        folder: FOLDER,
        description:
          args.mode === "on"
            ? "Keeps the database's ingress rules what the active policy says"
            : "Says how the database's ingress rules differ from the active policy",
        environment,
        files: pceFiles(args.pce),
        statements: pulumi
          .all([args.credentialsSecretArn, args.keyArn])
          .apply(([secretArn, keyArn]) => lookStatements({ secretArn, keyArn })),
        keyArn: args.keyArn,
        memoryMb: 256,
        timeoutSeconds: TIMEOUT_SECONDS,
        // two runs at once are right too, but one would fail where the other was faster
        reservedConcurrency: 1,
        logRetentionDays: args.logRetentionDays,
        ...(args.network && { network: args.network }),
      },
      { parent: this },
    );
  }

  private retries(name: string, lambda: LambdaFunction): aws.lambda.FunctionEventInvokeConfig {
    return new aws.lambda.FunctionEventInvokeConfig(
      `${name}-retries`,
      { functionName: lambda.functionName, maximumRetryAttempts: 0, maximumEventAgeInSeconds: EVENT_AGE_SECONDS },
      { parent: this },
    );
  }

  /** The leave to change rules, and the rules: they live as long as this. */
  private rules(name: string, args: EnforcementArgs, owner: string, work: Work): aws.lambda.Invocation {
    const changes = new aws.iam.RolePolicy(
      `${name}-changes`,
      {
        role: work.lambda.roleName,
        policy: pulumi
          .all([args.account, args.databaseGroupId])
          .apply(([account, groupId]) =>
            policyDocument(changeStatements(account, { groupId, tag: { key: OWNER_TAG, value: owner } })),
          ),
      },
      { parent: this },
    );
    return new aws.lambda.Invocation(
      `${name}-rules`,
      {
        functionName: work.lambda.functionName,
        // what changes it runs the function again; triggers would replace it, and so take the rules back in between
        input: pulumi.jsonStringify(occasions(args, work)),
        lifecycleScope: "CRUD",
      },
      {
        parent: this,
        dependsOn: [...work.before, changes],
        deleteBeforeReplace: true,
        additionalSecretOutputs: ["result"],
      },
    );
  }

  private firstLook(name: string, args: EnforcementArgs, work: Work): aws.lambda.Invocation {
    const { policy, ...others } = occasions(args, work);
    return new aws.lambda.Invocation(
      `${name}-first-look`,
      {
        functionName: work.lambda.functionName,
        input: JSON.stringify({ trigger: "deploy" }),
        triggers: { ...others, policy: JSON.stringify(policy) },
      },
      { parent: this, dependsOn: work.before, additionalSecretOutputs: ["result"] },
    );
  }
}

interface Work {
  readonly lambda: LambdaFunction;
  readonly environment: EnvironmentOf<EnforcementEnvironment>;
  readonly before: pulumi.Resource[];
}

/** With another one of these a run comes in the same update. */
function occasions({ settings: { labels, clients } }: EnforcementArgs, { lambda, environment }: Work) {
  return { ...environment, CODE: lambda.codeHash, policy: { labels, clients } };
}

function environmentOf(args: EnforcementArgs, owner: string): EnvironmentOf<EnforcementEnvironment> {
  const { pce, identity } = args;
  return {
    ...pceVariables(pce, args.credentialsSecretArn),
    PCE_REQUESTS_PER_MINUTE: `${Math.min(pce.requestsPerMinute, MAX_REQUESTS_PER_MINUTE)}`,
    ENFORCE: args.mode,
    EXTERNAL_DATA_SET: identity.externalDataSet,
    EXTERNAL_DATA_REFERENCE: identity.externalDataReference,
    DATABASE_GROUP_ID: args.databaseGroupId,
    DATABASE_PORT: pulumi.output(args.databasePort).apply(String),
    RULE_QUOTA: `${args.settings.ruleQuota}`,
    RULE_OWNER: owner,
    ...powertoolsEnvironment(functionMetrics(args.names, FOLDER), "INFO"),
  };
}
