import type { Autoname, ResourceType, ResourceTypes } from "./resource-type";
import type { Properties } from "./wire";
import { arnOf } from "./world";

interface RecordedShape {
  /** The service in the ARN. */
  readonly service: string;
  /** What goes before the name in the ARN, for example `rule/`. */
  readonly path: string;
  readonly autoname?: Autoname;
  readonly replaceOn?: readonly string[];
  /** That other resources read, besides the ARN. */
  readonly outputs?: Properties;
}

/** A type that is only written down: its id and ARN are made from its name, or from its URN when it has none. */
export function recordedType({ service, path, autoname, replaceOn = [], outputs = {} }: RecordedShape): ResourceType {
  return {
    kind: "recorded",
    ...(autoname === undefined ? {} : { autoname }),
    replaceOn: [...replaceOn, ...(autoname === undefined ? [] : [autoname.property, `${autoname.property}Prefix`])],
    create: async (inputs, world, self) => {
      const given = autoname === undefined ? undefined : inputs[autoname.property];
      const id = typeof given === "string" ? given : `${self.name}-${world.hex(17)}`;
      return { id, outputs: { ...outputs, arn: arnOf(world, service, `${path}${id}`) } };
    },
    update: async () => ({}),
    delete: async () => undefined,
  };
}

const name = (maxLength: number): Autoname => ({ property: "name", maxLength });

/** Types that nothing at run time touches. */
export const RECORDED_TYPES: ResourceTypes = {
  "aws:autoscaling/group:Group": recordedType({
    service: "autoscaling",
    path: "autoScalingGroup:",
    autoname: name(255),
  }),
  "aws:cloudwatch/logStream:LogStream": recordedType({
    service: "logs",
    path: "log-stream:",
    autoname: name(512),
    replaceOn: ["logGroupName"],
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": recordedType({
    service: "ec2",
    path: "launch-template/",
    autoname: name(128),
    outputs: { latestVersion: 1, defaultVersion: 1 },
  }),
  "aws:ec2clientvpn/authorizationRule:AuthorizationRule": recordedType({
    service: "ec2",
    path: "client-vpn-authorization-rule/",
    replaceOn: ["authorizeAllGroups", "clientVpnEndpointId", "description", "targetNetworkCidr"],
  }),
  "aws:ec2clientvpn/endpoint:Endpoint": recordedType({
    service: "ec2",
    path: "client-vpn-endpoint/",
    replaceOn: ["authenticationOptions", "clientCidrBlock", "transportProtocol"],
  }),
  "aws:ec2clientvpn/networkAssociation:NetworkAssociation": recordedType({
    service: "ec2",
    path: "client-vpn-association/",
    replaceOn: ["clientVpnEndpointId", "subnetId"],
  }),
  "aws:iam/instanceProfile:InstanceProfile": recordedType({
    service: "iam",
    path: "instance-profile/",
    autoname: name(128),
  }),
  "aws:ssm/document:Document": recordedType({
    service: "ssm",
    path: "document/",
    autoname: name(128),
    replaceOn: ["documentType"],
  }),
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
