import type { RecordedResource } from "../support/pulumi-recorder";

type Props = Readonly<Record<string, unknown>>;

/** What somebody did to a stack. */
export type Change = (resources: readonly RecordedResource[]) => readonly RecordedResource[];

/** Other inputs of the first resource of a type; undefined takes one away. @throws Error when there is none of the type. */
export const change =
  (type: string, inputs: Props | ((before: Props) => Props)): Change =>
  (resources) => {
    const at = resources.findIndex((each) => each.type === type);
    const found = resources[at];
    if (found === undefined) throw new Error(`no ${type} to change`);
    const changed = { ...found.inputs, ...(typeof inputs === "function" ? inputs(found.inputs) : inputs) };
    return resources.with(at, { ...found, inputs: changed });
  };

/** Without the first resource of a type. @throws Error when there is none of the type. */
export const remove =
  (type: string): Change =>
  (resources) => {
    const at = resources.findIndex((each) => each.type === type);
    if (at < 0) throw new Error(`no ${type} to remove`);
    return resources.toSpliced(at, 1);
  };

/** With one resource more. */
export const add =
  (type: string, inputs: Props): Change =>
  (resources) => [
    ...resources,
    {
      type,
      name: "added",
      urn: `urn:pulumi:dev::rds-sightline::${type}::added`,
      isComponent: false,
      inputs,
      secretInputs: [],
      dependencies: [],
      ignoreChanges: [],
      additionalSecretOutputs: [],
    },
  ];

/** A document of IAM with one more statement. */
export function withStatement(document: unknown, statement: Props): string {
  const { Statement, ...rest } = JSON.parse(String(document)) as { Statement: readonly unknown[] };
  return JSON.stringify({ ...rest, Statement: [...Statement, statement] });
}

/** A document of IAM without what it denies. */
export function withoutDenials(document: unknown): string {
  const { Statement, ...rest } = JSON.parse(String(document)) as { Statement: readonly { Effect: string }[] };
  return JSON.stringify({ ...rest, Statement: Statement.filter(({ Effect }) => Effect !== "Deny") });
}
