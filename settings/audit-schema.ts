import { z } from "zod";
import { oneOf, section, setting, text, trueOrFalse, wholeNumber } from "./fields";
import * as values from "./values";

/** Whose record of API calls is watched: nobody's, one of this stack, or one that exists. */
export const TRAILS = ["none", "own", "existing"] as const;

/** The `audit` section of a stack file. */
export const audit = section({
  // not "own": most accounts have their organization's trail, and a second copy of management events costs $2 per 100,000
  trail: oneOf(TRAILS).default("none"),
  trailLogGroup: text((value) => /^[\w\-/.#]{1,512}$/.test(value), {
    allowed: "the name of the log group that a trail of this account and region is delivered to",
    do: "copy it from the trail's CloudWatch Logs settings",
  }).optional(),
  trailRetentionDays: wholeNumber(1, values.MOST_FLOW_LOG_DAYS, "days").default(400),
  knownCidrs: setting(z.array(z.string().refine(values.isCanonicalNetwork)).max(16), {
    allowed: "up to 16 IPv4 networks, each written by its first address",
    do: 'for example ["10.8.0.0/16"], a network of clients that reach the VPC by a VPN or by peering',
  }).default([]),
  failedLogins: wholeNumber(1, 10_000, "refused logins in five minutes").default(10),
  dashboard: trueOrFalse().default(true),
  securityHub: trueOrFalse().default(false),
  guardDuty: trueOrFalse().default(false),
});
