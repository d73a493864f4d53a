import { numberOf, objectOf, unless, unlessSet } from "../judging";
import type { ResourceRule } from "../rule";
import { openToEveryone } from "../statements";

const types = ["aws:kms/key:Key"];

const LONGEST_ROTATION_DAYS = 90;

export const keyRules: readonly ResourceRule[] = [
  {
    name: "key-rotates",
    level: "mandatory",
    row: 30,
    types,
    says: "A key's material is renewed every year",
    remedy: "Set enableKeyRotation to true",
    // asymmetric and HMAC keys can't. source: KMS developer guide, "Rotate AWS KMS keys"
    judge: (props) =>
      [undefined, "SYMMETRIC_DEFAULT"].includes(props["customerMasterKeySpec"] as string | undefined)
        ? unless(props, "enableKeyRotation", true)
        : undefined,
  },
  {
    name: "key-policy-names-its-users",
    level: "mandatory",
    row: 31,
    types,
    says: "A key's policy is written, and lets nobody in without a condition",
    remedy: "Set policy, and name principals or conditions in each statement",
    judge: (props) => {
      const open = openToEveryone(props["policy"]);
      return unlessSet(props, "policy") ?? (open === undefined ? undefined : `statement "${open}" is for everyone`);
    },
  },
  {
    name: "key-deletion-waits",
    level: "mandatory",
    row: 31,
    types,
    says: "A key is enabled, and its deletion can be stopped for two weeks",
    remedy: "Set deletionWindowInDays to 14 to 30, and leave isEnabled",
    judge: (props) =>
      unless(props, "isEnabled", true, undefined) ??
      (numberOf(props["deletionWindowInDays"], 30) >= 14
        ? undefined
        : `deletionWindowInDays is ${String(props["deletionWindowInDays"])}`),
  },
  {
    name: "secret-key-of-your-own",
    level: "mandatory",
    row: 28,
    types: ["aws:secretsmanager/secret:Secret"],
    says: "A secret is encrypted with a key whose policy you write",
    remedy: "Set kmsKeyId to a customer-managed key",
    judge: (props) => unlessSet(props, "kmsKeyId"),
  },
  {
    name: "secret-rotates-in-time",
    level: "mandatory",
    row: 29,
    types: ["aws:secretsmanager/secretRotation:SecretRotation"],
    says: "A secret that rotates does so every 90 days at least",
    remedy: `Set rotationRules.automaticallyAfterDays to at most ${LONGEST_ROTATION_DAYS}, or a schedule`,
    judge: (props) => {
      const days = numberOf(objectOf(props["rotationRules"])["automaticallyAfterDays"], 0);
      return days <= LONGEST_ROTATION_DAYS ? undefined : `the secret rotates every ${days} days`;
    },
  },
];
