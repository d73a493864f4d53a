import { createHash } from "node:crypto";
import { type StandIn, text } from "./stand-in";

/** A function, the role it runs under, and who else is about it. */
export interface TestFunction {
  readonly name: string;
  readonly arn: string;
  readonly roleName: string;
}

const WIRE_KEY = "4dabf18193072939515e22adb298388d";

/** A code archive of one file, as the engine sends it. */
export const archive = (code: string) => ({
  [WIRE_KEY]: "0def7320c3a5731c473e5ecbe6d01bc7",
  hash: createHash("sha256").update(code).digest("hex"),
  assets: { "index.js": { [WIRE_KEY]: "c44067f5952c0a294b673a41bacd8c17", hash: "x", text: code } },
});

/** A trust policy that lets a service assume a role. */
export const trust = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

/** Makes a function under a role of its own that may do nothing. */
export async function makeFunction(on: StandIn, name: string): Promise<TestFunction> {
  const role = await on.make("aws:iam/role:Role", name, { assumeRolePolicy: trust("lambda.amazonaws.com") });
  const made = await on.make("aws:lambda/function:Function", name, {
    role: text(role, "arn"),
    runtime: "nodejs22.x",
    handler: "index.handler",
    code: archive("exports.handler = 1;"),
  });
  return { name: made.id, arn: text(made, "arn"), roleName: role.id };
}
