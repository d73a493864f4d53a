import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { recordStack } from "./support/program";
import { refusal } from "./support/stack-settings";

const RUNBOOK = readFileSync(join(__dirname, "../docs/runbook.md"), "utf8");
const COMMANDS = [...RUNBOOK.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) => block.trim().split("\n"));
const resolve = createRequire(__filename);

// by the CLI's name of the service, what its SDK's package is called
const PACKAGES: Readonly<Record<string, string>> = {
  elbv2: "elastic-load-balancing-v2",
  logs: "cloudwatch-logs",
  secretsmanager: "secrets-manager",
};

// of the CLI alone; and Lambda's, whose client is not installed (Lambda API reference, ListEventSourceMappings, UpdateEventSourceMapping)
const WITHOUT_CLIENT = ["logs tail", "lambda list-event-source-mappings", "lambda update-event-source-mapping"];

describe("the runbook", () => {
  it("has a chapter for each thing that can happen", () => {
    const chapters = [...RUNBOOK.matchAll(/^## (.*)$/gm)].map(([, title]) => title);

    assert.deepEqual(chapters, [
      "Restore drill",
      "A region is lost",
      "Failover drill",
      "A key is lost",
      "The PCE is away",
      "Dead letters",
      "A change that takes the database away for long",
    ]);
  });

  it("names outputs that the stack has", async () => {
    const { result } = await recordStack("with defaults only");
    const named = COMMANDS.flatMap((line) =>
      [...line.matchAll(/pulumi stack output (\w+)/g)].map(([, name = ""]) => name),
    );

    assert.ok(named.length > 5);
    assert.deepEqual(
      named.filter((name) => !(name in result)),
      [],
    );
  });

  it("sets settings that exist", async () => {
    const set = COMMANDS.flatMap((line) => [...line.matchAll(/config set --path ([\w.]+) (.+)$/g)]);

    assert.ok(set.length > 5);
    for (const [, path = "", value = ""] of set) {
      const [section = "", ...keys] = path.split(".");
      const inside = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value.replaceAll('"', ""));
      // one key that is unknown for sure, so that there is an error to look into
      const { problems } = await refusal({ [section]: inside, nonsense: {} });
      const unknown = problems.filter(({ got }) => got === "a key that does not exist").map(({ what }) => what);
      assert.deepEqual(unknown, ["rds-sightline:nonsense"], path);
    }
  });

  it("calls operations that AWS has", () => {
    const calls = COMMANDS.flatMap((line) => [...line.matchAll(/^aws ([\w-]+) ([\w-]+)/g)]);

    assert.ok(calls.length > 10);
    for (const [, service = "", operation = ""] of calls) {
      if (WITHOUT_CLIENT.includes(`${service} ${operation}`)) continue;
      const client = resolve(`@aws-sdk/client-${PACKAGES[service] ?? service}`) as Readonly<Record<string, unknown>>;
      const wanted = `${operation.replaceAll("-", "")}command`;
      assert.ok(
        Object.keys(client).some((name) => name.toLowerCase() === wanted),
        `aws ${service} ${operation}`,
      );
    }
  });
});
