import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployFunction } from "../../support/emulated-aws";
import { assertEndsWithItsStarter } from "../../support/processes";

describe("an execution environment", () => {
  it("ends with the process that started it, even in an endless loop", async () => {
    const run = await mkdtemp(join(tmpdir(), "sightline-test-"));
    const code = "exports.handler = () => { console.log('looping'); for (;;); }";
    const deployed = await deployFunction(run, code, { roleArn: "", timeoutSeconds: 30 });
    const settings = {
      deployed,
      credentials: {},
      endpoint: "",
      region: "",
      logGroup: "",
      logStream: "",
      nodeModules: "",
    };
    const script = `const { LambdaEnvironment } = require("./sandbox/aws/lambda-environment");
      const line = () => process.stdout.write(String(environment.pid));
      const environment = new LambdaEnvironment({ ...${JSON.stringify(settings)}, line });
      environment.initialised("0").then(() => environment.invoke("1", {}));`;
    await assertEndsWithItsStarter(script);
    await rm(run, { recursive: true, force: true });
  });
});
