import { BACKUP_TYPES } from "./backup/backup-types";
import { EVENT_RULE_TYPES } from "./cloudwatch/event-rule";
import { EVENT_TARGET_TYPES } from "./cloudwatch/event-target";
import { LOG_GROUP_TYPES } from "./cloudwatch/log-group";
import { METRIC_FILTER_TYPES } from "./cloudwatch/log-metric-filter";
import { SUBSCRIPTION_TYPES } from "./cloudwatch/log-subscription-filter";
import { ALARM_TYPES } from "./cloudwatch/metric-alarm";
import { ENDPOINT_SERVICE_TYPES } from "./ec2/endpoint-service-types";
import { ENDPOINT_TYPES } from "./ec2/endpoint-types";
import { FLOW_LOG_TYPES } from "./ec2/flow-log-types";
import { GATEWAY_TYPES } from "./ec2/gateway-types";
import { NETWORK_ACL_TYPES } from "./ec2/network-acl-types";
import { ROUTE_TYPES } from "./ec2/route-types";
import { SECURITY_GROUP_RULE_TYPES } from "./ec2/security-group-rule-types";
import { SECURITY_GROUP_TYPES } from "./ec2/security-group-types";
import { VPC_TYPES } from "./ec2/vpc-types";
import { POLICY_TYPES } from "./iam/policy-types";
import { ROLE_TYPES } from "./iam/role-types";
import { KEY_TYPES } from "./kms/key-types";
import { EVENT_SOURCE_TYPES } from "./lambda/event-source-mapping";
import { FUNCTION_TYPES } from "./lambda/function";
import { INVOCATION_TYPES } from "./lambda/invocation";
import { INVOKE_CONFIG_TYPES } from "./lambda/invoke-config";
import { PERMISSION_TYPES } from "./lambda/permission";
import { RECURSION_CONFIG_TYPES } from "./lambda/recursion-config";
import { LISTENER_TYPES } from "./lb/listener";
import { LOAD_BALANCER_TYPES } from "./lb/load-balancer";
import { TARGET_GROUP_TYPES } from "./lb/target-group";
import { BACKUP_COPY_TYPES } from "./rds/backup-copies";
import { GROUP_TYPES } from "./rds/group-types";
import { INSTANCE_TYPES } from "./rds/instance";
import { OPTION_GROUP_TYPES } from "./rds/option-group";
import { RECORDED_TYPES } from "./recorded";
import type { ResourceTypes } from "./resource-type";
import { BUCKET_SETTING_TYPES } from "./s3/bucket-setting-types";
import { BUCKET_TYPES } from "./s3/bucket-types";
import { LIFECYCLE_TYPES } from "./s3/lifecycle";
import { NOTIFICATION_TYPES } from "./s3/notification";
import { SECRET_TYPES } from "./secrets-manager/secret-types";
import { STATE_MACHINE_TYPES } from "./sfn/state-machine";
import { TOPIC_TYPES } from "./sns/topic-types";
import { QUEUE_TYPES } from "./sqs/queue-types";

/** Every resource type that the AWS stand-in knows. */
export const RESOURCE_TYPES: ResourceTypes = {
  ...ALARM_TYPES,
  ...BACKUP_COPY_TYPES,
  ...BACKUP_TYPES,
  ...BUCKET_SETTING_TYPES,
  ...BUCKET_TYPES,
  ...ENDPOINT_SERVICE_TYPES,
  ...ENDPOINT_TYPES,
  ...EVENT_RULE_TYPES,
  ...EVENT_SOURCE_TYPES,
  ...EVENT_TARGET_TYPES,
  ...FLOW_LOG_TYPES,
  ...FUNCTION_TYPES,
  ...GATEWAY_TYPES,
  ...GROUP_TYPES,
  ...INSTANCE_TYPES,
  ...INVOCATION_TYPES,
  ...INVOKE_CONFIG_TYPES,
  ...KEY_TYPES,
  ...LIFECYCLE_TYPES,
  ...LISTENER_TYPES,
  ...LOAD_BALANCER_TYPES,
  ...LOG_GROUP_TYPES,
  ...METRIC_FILTER_TYPES,
  ...NETWORK_ACL_TYPES,
  ...NOTIFICATION_TYPES,
  ...OPTION_GROUP_TYPES,
  ...PERMISSION_TYPES,
  ...POLICY_TYPES,
  ...QUEUE_TYPES,
  ...RECORDED_TYPES,
  ...RECURSION_CONFIG_TYPES,
  ...ROLE_TYPES,
  ...ROUTE_TYPES,
  ...SECRET_TYPES,
  ...SECURITY_GROUP_RULE_TYPES,
  ...SECURITY_GROUP_TYPES,
  ...STATE_MACHINE_TYPES,
  ...SUBSCRIPTION_TYPES,
  ...TARGET_GROUP_TYPES,
  ...TOPIC_TYPES,
  ...VPC_TYPES,
};
