import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AuditSettings } from "../settings";
import type { Account } from "./account";

/** What is turned on. Each is there once for an account and region: an account that has it already can't be given it again. */
export interface AccountGuardsArgs extends Pick<AuditSettings, "securityHub" | "guardDuty"> {
  readonly account: pulumi.Output<Account>;
}

/**
 * Security Hub with its foundational standard, and GuardDuty with its watch over RDS logins, for the whole account and region.
 * Cost: Security Hub about $0.001 per check; GuardDuty $4 per million events of the trail, and about $1 per vCPU of the database.
 */
export class AccountGuards extends pulumi.ComponentResource {
  constructor(name: string, args: AccountGuardsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:audit:AccountGuards", name, {}, opts);

    if (args.securityHub) {
      const hub = new aws.securityhub.Account(
        `${name}-hub`,
        // by the subscription below instead, which an update can change
        { enableDefaultStandards: false, autoEnableControls: true },
        { parent: this },
      );
      new aws.securityhub.StandardsSubscription(
        `${name}-standard`,
        {
          standardsArn: args.account.apply(
            ({ partition, region }) =>
              `arn:${partition}:securityhub:${region}::standards/aws-foundational-security-best-practices/v/1.0.0`,
          ),
        },
        { parent: this, dependsOn: [hub] },
      );
    }
    if (args.guardDuty) {
      const detector = new aws.guardduty.Detector(
        `${name}-detector`,
        { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" },
        { parent: this },
      );
      new aws.guardduty.DetectorFeature(
        `${name}-logins`,
        { detectorId: detector.id, name: "RDS_LOGIN_EVENTS", status: "ENABLED" },
        { parent: this },
      );
    }

    this.registerOutputs({});
  }
}
