import type { Rule } from "./rule";
import { backupRules } from "./rules/backups";
import { databaseRules } from "./rules/database";
import { eventRules } from "./rules/events";
import { frontDoorRules } from "./rules/front-door";
import { functionRules } from "./rules/functions";
import { identityRules } from "./rules/identity";
import { keyRules } from "./rules/keys";
import { messageRules } from "./rules/messages";
import { networkRules } from "./rules/network";
import { parameterRules } from "./rules/parameters";
import { storageRules } from "./rules/storage";

/** Every policy of the pack. */
export const RULES: readonly Rule[] = [
  ...databaseRules,
  ...parameterRules,
  ...backupRules,
  ...eventRules,
  ...keyRules,
  ...networkRules,
  ...frontDoorRules,
  ...storageRules,
  ...functionRules,
  ...messageRules,
  ...identityRules,
];
