import { LOG_GROUP_TYPES } from "./cloudwatch/log-group";
import { ALARM_TYPES } from "./cloudwatch/metric-alarm";
import { ENDPOINT_TYPES } from "./ec2/endpoint-types";
import { FLOW_LOG_TYPES } from "./ec2/flow-log-types";
import { GATEWAY_TYPES } from "./ec2/gateway-types";
import { NETWORK_ACL_TYPES } from "./ec2/network-acl-types";
import { ROUTE_TYPES } from "./ec2/route-types";
import { SECURITY_GROUP_RULE_TYPES } from "./ec2/security-group-rule-types";
import { SECURITY_GROUP_TYPES } from "./ec2/security-group-types";
import { VPC_TYPES } from "./ec2/vpc-types";
import { ROLE_TYPES } from "./iam/role-types";
import { KEY_TYPES } from "./kms/key-types";
import { EVENT_SOURCE_TYPES } from "./lambda/event-source-mapping";
import { FUNCTION_TYPES } from "./lambda/function";
import { RECORDED_LAMBDA_TYPES } from "./lambda/recorded-types";
import { GROUP_TYPES } from "./rds/group-types";
import { INSTANCE_TYPES } from "./rds/instance";
import { RECORDED_TYPES } from "./recorded";
import type { ResourceTypes } from "./resource-type";
import { BUCKET_SETTING_TYPES } from "./s3/bucket-setting-types";
import { BUCKET_TYPES } from "./s3/bucket-types";
import { LIFECYCLE_TYPES } from "./s3/lifecycle";
import { NOTIFICATION_TYPES } from "./s3/notification";
import { SECRET_TYPES } from "./secrets-manager/secret-types";
import { TOPIC_TYPES } from "./sns/topic-types";
import { QUEUE_TYPES } from "./sqs/queue-types";

/** Every resource type that the AWS stand-in knows. */
export const RESOURCE_TYPES: ResourceTypes = {
  ...ALARM_TYPES,
  ...BUCKET_SETTING_TYPES,
  ...BUCKET_TYPES,
  ...ENDPOINT_TYPES,
  ...EVENT_SOURCE_TYPES,
  ...FLOW_LOG_TYPES,
  ...FUNCTION_TYPES,
  ...GATEWAY_TYPES,
  ...GROUP_TYPES,
  ...INSTANCE_TYPES,
  ...KEY_TYPES,
  ...LIFECYCLE_TYPES,
  ...LOG_GROUP_TYPES,
  ...NETWORK_ACL_TYPES,
  ...NOTIFICATION_TYPES,
  ...QUEUE_TYPES,
  ...RECORDED_LAMBDA_TYPES,
  ...RECORDED_TYPES,
  ...ROLE_TYPES,
  ...ROUTE_TYPES,
  ...SECRET_TYPES,
  ...SECURITY_GROUP_RULE_TYPES,
  ...SECURITY_GROUP_TYPES,
  ...TOPIC_TYPES,
  ...VPC_TYPES,
};
