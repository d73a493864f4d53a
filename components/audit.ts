import * as pulumi from "@pulumi/pulumi";
import type { AuditSettings, Exceptions, FrontDoorSettings } from "../settings";
import type { Account } from "./account";
import { AccountGuards } from "./account-guards";
import { AuditTrail } from "./audit-trail";
import type { Database } from "./database";
import { DatabaseEvents } from "./database-events";
import type { KnownNetworks } from "./database-log";
import { DatabaseLogAlarms } from "./database-log-alarms";
import type { StackNames } from "./names";
import { TrailAlarms } from "./trail-alarms";

/** What is watched, and who is told. Every default is settings.ts's. */
export interface AuditArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: AuditSettings;
  readonly database: Pick<Database, "identifier" | "instance" | "connectionLog">;
  readonly vpcCidr: string;
  readonly frontDoor?: FrontDoorSettings | undefined;
  readonly databaseGroupId: pulumi.Input<string>;
  /** Of everything that the stack encrypts, but for the trail itself. */
  readonly keyArns: readonly pulumi.Input<string>[];
  /** Of the enforcement that changes the security group's rules; absent where none does. */
  readonly enforcementRoleName?: pulumi.Input<string> | undefined;
  readonly exceptions: Pick<Exceptions, "keepAuditTrail">;
  readonly logRetentionDays: number;
  readonly alarmTopicArn: pulumi.Input<string>;
}

/** Who connects to the database and what happens to it, told to the alarms' topic. Cost: see its parts. */
export class Audit extends pulumi.ComponentResource {
  constructor(name: string, args: AuditArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:audit:Audit", name, {}, opts);
    const { names, settings, database, alarmTopicArn } = args;

    if (database.connectionLog !== undefined) {
      new DatabaseLogAlarms(
        `${name}-logins`,
        {
          names,
          alarmTopicArn,
          ...database.connectionLog,
          known: knownNetworks(args),
          failedLogins: settings.failedLogins,
        },
        { parent: this },
      );
    }
    new DatabaseEvents(
      `${name}-events`,
      {
        // the instance's own, for RDS takes no source that isn't there yet
        databaseIdentifier: database.instance.identifier,
        parameterGroupName: database.instance.parameterGroupName,
        topicArn: alarmTopicArn,
      },
      { parent: this },
    );
    if (settings.trail !== "none") this.watchTrail(name, args);
    if (settings.securityHub || settings.guardDuty)
      new AccountGuards(`${name}-guards`, { account: args.account, ...settings }, { parent: this });

    this.registerOutputs({});
  }

  private watchTrail(name: string, args: AuditArgs): void {
    const { account, names, settings, exceptions, logRetentionDays } = args;
    const isOwn = settings.trail === "own";
    const trailArgs = { account, names, exceptions, logRetentionDays, retentionDays: settings.trailRetentionDays };
    const trail = isOwn ? new AuditTrail(`${name}-trail`, trailArgs, { parent: this }) : undefined;
    const logGroupName = trail?.logGroupName ?? settings.trailLogGroup;
    // the rules have asked for it
    if (logGroupName === undefined)
      throw new Error("an audit of a trail without a log group passed the rules of the settings");
    new TrailAlarms(
      `${name}-calls`,
      {
        names,
        alarmTopicArn: args.alarmTopicArn,
        logGroupName,
        isOwn,
        watched: {
          databaseIdentifier: args.database.identifier,
          securityGroupId: args.databaseGroupId,
          keyArns: trail ? [...args.keyArns, trail.keyArn] : args.keyArns,
          ...(args.enforcementRoleName !== undefined && { enforcementRoleName: args.enforcementRoleName }),
          ...(isOwn && { trailName: names.trail }),
        },
      },
      { parent: this },
    );
  }
}

/** Whose addresses the database's log may show: behind a load balancer that hides them, and behind endpoints, nobody's. */
export function knownNetworks({
  vpcCidr,
  settings,
  frontDoor,
}: Pick<AuditArgs, "vpcCidr" | "settings" | "frontDoor">): KnownNetworks {
  const showsClients = frontDoor?.preserveClientIp === true && frontDoor.exposure !== "privatelink";
  return { vpcCidr, others: [...settings.knownCidrs, ...(showsClients ? frontDoor.allowedCidrs : [])].sort() };
}
