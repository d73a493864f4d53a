import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { type DnsServer, startDns } from "../../../sandbox/aws/dns";
import { LambdaEnvironment } from "../../../sandbox/aws/lambda-environment";
import { deployFunction, REGION } from "../../support/emulated-aws";

const NAME = "app.aaaaaaaaaa.eu-west-1.rds.amazonaws.com";
const HANDLER = `
  import dns, { resolve4 as resolveWithCallback, Resolver as CallbackResolver } from "node:dns";
  import { resolve4, resolve6, Resolver } from "node:dns/promises";
  import { promisify } from "node:util";
  const code = (cause) => cause.code;
  const withCallback = new CallbackResolver();
  export const handler = async ({ name }) => ({
    promises: await resolve4(name),
    promises6: await resolve6(name).catch(code),
    promisesResolver: await new Resolver({ timeout: 2_000, tries: 1 }).resolve4(name, { ttl: true }),
    callback: await promisify(resolveWithCallback)(name),
    callbackResolver: await promisify(withCallback.resolve4.bind(withCallback))(name),
    namespace: await dns.promises.resolve4(name),
    unknown: await resolve4("unknown." + name).catch(code),
    cancelled: await (async () => {
      const resolver = new Resolver();
      const asked = resolver.resolve4("silent." + name).catch(code);
      resolver.cancel();
      return asked;
    })(),
    variable: process.env.SANDBOX_DNS ?? "none",
  });`;

/** What `handler` of a bundle, made as the product's are, answers in a process that resolves through `dns`. */
async function answerOf(folder: string, dns: { readonly address: string; readonly port: number }): Promise<unknown> {
  const bundle = await build({
    stdin: { contents: HANDLER, loader: "ts" },
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node22",
    minify: true,
    write: false,
  });
  const deployed = await deployFunction(folder, bundle.outputFiles[0]?.text ?? "", { roleArn: "" });
  const environment = new LambdaEnvironment({
    deployed,
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    endpoint: "http://127.0.0.1:9",
    region: REGION,
    logGroup: "",
    logStream: "",
    nodeModules: "",
    dns: `${dns.address}:${dns.port}`,
    line: () => undefined,
  });
  assert.equal(await environment.initialised("0"), undefined);
  const end = await environment.invoke("1", { name: NAME });
  await environment.stop();
  assert.ok(end.outcome === "success", JSON.stringify(end));
  return end.answer;
}

describe("a function's process", () => {
  let folder: string;
  let dns: DnsServer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sightline-test-"));
    dns = await startDns();
  });
  afterEach(async () => {
    await dns.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("resolves names through the sandbox, whichever resolver of Node its bundle uses", async () => {
    dns.set(NAME, { a: ["10.0.1.2"] });

    assert.deepEqual(await answerOf(folder, dns), {
      promises: ["10.0.1.2"],
      promises6: "ENODATA",
      promisesResolver: [{ address: "10.0.1.2", ttl: 5 }],
      callback: ["10.0.1.2"],
      callbackResolver: ["10.0.1.2"],
      namespace: ["10.0.1.2"],
      unknown: "ENOTFOUND",
      cancelled: "ECANCELLED",
      variable: "none",
    });
    assert.equal(dns.queries().filter(({ name, type }) => name === NAME && type === "A").length, 5);
  });
});
