import type { Autoname, ResourceType, ResourceTypes } from "./resource-type";
import { arnOf } from "./world";

interface RecordedShape {
  /** The service in the ARN. */
  readonly service: string;
  /** What goes before the name in the ARN, for example `rule/`. */
  readonly path: string;
  readonly autoname?: Autoname;
  readonly replaceOn?: readonly string[];
}

/** A type that is only written down: its id and ARN are made from its name, or from its URN when it has none. */
export function recordedType({ service, path, autoname, replaceOn = [] }: RecordedShape): ResourceType {
  return {
    kind: "recorded",
    ...(autoname === undefined ? {} : { autoname }),
    replaceOn: [...replaceOn, ...(autoname === undefined ? [] : [autoname.property, `${autoname.property}Prefix`])],
    create: async (inputs, world, self) => {
      const given = autoname === undefined ? undefined : inputs[autoname.property];
      const id = typeof given === "string" ? given : `${self.name}-${world.hex(17)}`;
      return { id, outputs: { arn: arnOf(world, service, `${path}${id}`) } };
    },
    update: async () => ({}),
    delete: async () => undefined,
  };
}

const name = (maxLength: number): Autoname => ({ property: "name", maxLength });

/** Types that nothing at run time touches. */
export const RECORDED_TYPES: ResourceTypes = {
  "aws:secretsmanager/secretRotation:SecretRotation": recordedType({
    service: "secretsmanager",
    path: "secret:",
    replaceOn: ["secretId"],
  }),
  "aws:rds/eventSubscription:EventSubscription": recordedType({ service: "rds", path: "es:", autoname: name(255) }),
  "aws:cloudwatch/dashboard:Dashboard": recordedType({
    service: "cloudwatch",
    path: "dashboard/",
    autoname: { property: "dashboardName", maxLength: 255 },
  }),
  "aws:cloudtrail/trail:Trail": recordedType({ service: "cloudtrail", path: "trail/", autoname: name(128) }),
  "aws:securityhub/account:Account": recordedType({ service: "securityhub", path: "hub/" }),
  "aws:securityhub/standardsSubscription:StandardsSubscription": recordedType({
    service: "securityhub",
    path: "subscription/",
    replaceOn: ["standardsArn"],
  }),
  "aws:guardduty/detector:Detector": recordedType({ service: "guardduty", path: "detector/" }),
  "aws:guardduty/detectorFeature:DetectorFeature": recordedType({
    service: "guardduty",
    path: "detector-feature/",
    replaceOn: ["detectorId", "name"],
  }),
};
