import type { SentStatement } from "./components";
import type { Recording } from "./pulumi-recorder";

/** One policy document of a program, with the resource and the input that it stands in. */
export interface SentPolicy {
  readonly resource: string;
  readonly type: string;
  readonly input: string;
  readonly statements: readonly SentStatement[];
}

/** Every policy document that the program sends, wherever it stands: any input that is JSON with a Statement. */
export function policiesOf(made: Recording<unknown>): SentPolicy[] {
  return made.resources.flatMap(({ name, type, inputs }) =>
    Object.entries(inputs).flatMap(([input, value]) => {
      const statements = statementsIn(value);
      return statements === undefined ? [] : [{ resource: name, type, input, statements }];
    }),
  );
}

function statementsIn(value: unknown): SentStatement[] | undefined {
  // a filter pattern has braces too
  if (typeof value !== "string" || !/^\{\s*["}]/.test(value)) return undefined;
  const { Statement } = JSON.parse(value) as { Statement?: SentStatement[] };
  return Statement;
}

/** The service that a statement lets in, if it is one. */
export function serviceOf({ Principal }: SentStatement): string | undefined {
  return typeof Principal === "object" && Principal !== null && "Service" in Principal
    ? String(Principal.Service)
    : undefined;
}
