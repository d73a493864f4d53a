import { objectOf, unless, unlessSet } from "../judging";
import type { ResourceRule, Rule, StackRule } from "../rule";

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const types = ["aws:lambda/function:Function"];

// those that AWS no longer mends. source: Lambda developer guide, "Lambda runtimes", deprecated ones on 2026-11-01
const DEPRECATED =
  /^(nodejs(4|6|8|10|12|14|16|18|20)\.|nodejs$|python(2\.|3\.[6-9]$)|java8$|go1\.x|ruby2|ruby3\.2|dotnet(core|5|6))/;

// what a variable is called that holds a secret itself, not the name of one
const SECRET_NAME = /(SECRET|PASSWORD|TOKEN|API_?KEY)$/i;

const variablesOf = (props: Record<string, unknown>): Readonly<Record<string, unknown>> =>
  objectOf(objectOf(props["environment"])["variables"]);

const concurrency: StackRule = {
  name: "function-concurrency-reserved",
  level: "advisory",
  row: 63,
  says: "A function can't take the account's whole concurrency",
  remedy: "Set reservedConcurrentExecutions, or scalingConfig.maximumConcurrency of the queue's mapping",
  // counted, not matched: in a preview, which function a mapping is for is not known yet
  judgeStack: (resources) => {
    const mapped = resources.filter(
      ({ type, props }) => type === MAPPING && (props["scalingConfig"] as object | undefined) !== undefined,
    );
    const free = resources.filter(
      ({ type, props }) => types.includes(type) && unlessSet(props, "reservedConcurrentExecutions") !== undefined,
    );
    return free.length > mapped.length ? [`${free.length - mapped.length} of the functions: no limit`] : [];
  },
};

const each: readonly ResourceRule[] = [
  {
    name: "function-runtime-supported",
    level: "mandatory",
    row: 62,
    types,
    says: "A function's runtime still gets security fixes",
    remedy: "Set runtime to a supported version",
    judge: (props) =>
      DEPRECATED.test(String(props["runtime"])) ? `runtime is ${String(props["runtime"])}` : undefined,
  },
  {
    name: "function-environment-encrypted",
    level: "mandatory",
    row: 66,
    types,
    says: "A function's environment is encrypted with a key of your own",
    remedy: "Set kmsKeyArn",
    judge: (props) => (Object.keys(variablesOf(props)).length > 0 ? unlessSet(props, "kmsKeyArn") : undefined),
  },
  {
    name: "function-no-secrets-in-environment",
    level: "mandatory",
    row: 66,
    types,
    says: "A function reads its secrets where they are kept",
    remedy: "Give it the secret's ARN, and let it read the secret",
    judge: (props) => {
      const name = Object.keys(variablesOf(props)).find((each) => SECRET_NAME.test(each));
      return name === undefined ? undefined : `the variable ${name} holds a secret`;
    },
  },
  {
    name: "function-traced",
    level: "advisory",
    row: 67,
    types,
    says: "It can be seen where a function spends its time",
    remedy: "Set tracingConfig.mode to Active",
    judge: (props) => unless(objectOf(props["tracingConfig"]), "mode", "Active"),
  },
  {
    name: "function-invoked-by-name",
    level: "mandatory",
    row: 69,
    types: ["aws:lambda/permission:Permission"],
    says: "Only what a permission names can invoke a function",
    remedy: "Name the principal; for S3 set sourceArn and sourceAccount, for other services sourceArn or sourceAccount",
    judge: (props) => {
      const { principal, sourceArn, sourceAccount } = props;
      if (principal === "*") return "principal is everyone";
      if (principal === "s3.amazonaws.com") return unlessSet(props, "sourceArn") ?? unlessSet(props, "sourceAccount");
      const isService = String(principal).endsWith(".amazonaws.com");
      return isService && sourceArn === undefined && sourceAccount === undefined
        ? "any account's may invoke it"
        : undefined;
    },
  },
];

export const functionRules: readonly Rule[] = [...each, concurrency];
