import { PolicyPack } from "@pulumi/policy";
import { Config } from "@pulumi/pulumi";
import { type Exceptions, policiesOf } from "./rule";
import { RULES } from "./rules";

// the engine gives a pack the stack's configuration; another project's stack has no such key
const exceptions = new Config("rds-sightline").getObject<Exceptions>("exceptions") ?? {};

new PolicyPack("rds-sightline", { policies: policiesOf(RULES, exceptions) });
