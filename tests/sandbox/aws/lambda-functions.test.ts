import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaFunctions } from "../../../sandbox/aws/lambda-functions";
import { functionFile, removeRecord } from "../../../sandbox/aws/registry";
import { deployFunction } from "../../support/emulated-aws";

describe("The functions of a sandbox", () => {
  let run: string;
  let functions: LambdaFunctions;
  let name: string;

  beforeEach(async () => {
    run = mkdtempSync(join(tmpdir(), "lambda-functions-"));
    functions = new LambdaFunctions(run, {
      endpoint: "http://127.0.0.1:1",
      region: "eu-west-1",
      nodeModules: "",
      logFolder: run,
      credentialsOf: () => Promise.reject(new Error("Role worker not found")),
      line: () => undefined,
      invoked: () => undefined,
      problem: () => undefined,
    });
    const deployed = await deployFunction(run, "exports.handler = async () => 1;", {
      roleArn: "arn:aws:iam::1:role/x",
    });
    ({ name } = deployed);
    await functions.follow();
  });
  afterEach(() => rmSync(run, { recursive: true, force: true }));

  it("can't be invoked without a role that is there", async () => {
    await assert.rejects(functions.invoke(name, {}), /Role worker not found/);
  });

  it("are not deployed any more when their role went with them, though that was not followed yet", async () => {
    await removeRecord(functionFile(run, name));

    await assert.rejects(functions.invoke(name, {}), { name: "NotDeployedError", message: /deployed: none$/ });
  });
});
