import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { settingsSchema } from "../settings/schema";

const README = readFileSync(join(__dirname, "..", "README.md"), "utf8");
const FIELDS = "flowLogs.fields";

/** `key -> default as README writes it`; a key without a default has an empty one. */
const tableOfReadme = (): Map<string, string> =>
  new Map(
    [...README.matchAll(/^\| `([\w.]+)` \| (.*?)\| .*\|$/gm)].map(([, key = "", text = ""]) => [
      key,
      text.trim().replaceAll("`", ""),
    ]),
  );

/** Every key of the schema with its default; objects that are settings by themselves (parameters, tags) are not opened. */
function tableOfSchema(): Map<string, string> {
  const { exceptions: _, ...defaults } = settingsSchema.parse({
    ...{ pce: {}, frontDoor: {}, backfill: {}, illumio: {}, workloadSync: {} },
    ...{ access: {}, bastion: {}, clientVpn: {} },
    ...{ databaseUsers: {} },
    ...{ replicas: {}, backups: { crossRegion: {}, plan: { lock: {} } } },
  });
  const exceptions = Object.keys(settingsSchema.shape.exceptions.unwrap().shape);
  const optional = {
    pce: ["host", "caCertificate", "apiKeyId", "credentialsSecretArn", "cidrs"],
    illumio: ["clients"],
    clientVpn: ["serverCertificateArn", "clientCertificateArn"],
    database: [
      "license",
      "characterSet",
      ...["snapshot", "resourceId", "time", "keyArn"].map((key) => `restoreFrom.${key}`),
    ],
    replicas: ["instanceClass"],
    backups: ["crossRegion.region", "plan.lock.maxRetentionDays"],
    audit: ["trailLogGroup"],
    frontDoor: ["exposure", "port", "allowedCidrs", "allowedPrincipals", "zones"],
  };
  const noDefault = [
    ...Object.entries(optional).flatMap(([section, names]) => names.map((name) => `${section}.${name}`)),
    "pceApiSecret",
  ];
  return new Map([
    ...flatten(defaults),
    ...[...noDefault, ...exceptions.map((name) => `exceptions.${name}`)].map((key) => [key, ""] as const),
  ]);
}

function flatten(value: object, path = ""): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]): [string, string][] => {
    const key = path === "" ? name : `${path}.${name}`;
    const isSection =
      typeof inner === "object" && inner !== null && !Array.isArray(inner) && Object.keys(inner).length > 0;
    if (isSection) return flatten(inner, key);
    if (key === FIELDS) return [[key, `${(inner as unknown[]).length} fields`]];
    return [[key, typeof inner === "string" ? inner : JSON.stringify(inner)]];
  });
}

describe("README", () => {
  it("lists every setting with its default, and no other", () => {
    const sorted = (table: Map<string, string>) => [...table].sort(([a], [b]) => (a < b ? -1 : 1));

    assert.deepEqual(sorted(tableOfReadme()), sorted(tableOfSchema()));
  });

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const named = [...README.matchAll(/npm (?:run )?(?:--silent )?(start|test|(?<=run |--silent )\w\S*)/g)].map(
      ([, name = ""]) => name,
    );

    assert.ok(named.includes("start") && named.includes("test"));
    for (const name of named) assert.ok(scripts[name], `README names npm ${name}`);
  });

  it("links only to files that exist", () => {
    for (const [, target = ""] of README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      assert.ok(existsSync(join(__dirname, "..", target)), target);
    }
  });
});

describe("CONTRIBUTING and ARCHITECTURE", () => {
  it("name only files that exist", () => {
    const root = join(__dirname, "..");
    for (const page of ["CONTRIBUTING.md", "ARCHITECTURE.md"]) {
      const text = readFileSync(join(root, page), "utf8");
      const named = [...text.matchAll(/(?<![\w*/])[\w-]+(?:\/[\w.-]+)+\.(?:ts|cjs|md|mod)\b/g)].map(([path]) => path);
      assert.ok(named.length > 5, page);
      assert.deepEqual(
        named.filter((path) => !existsSync(join(root, path))),
        [],
        page,
      );
    }
  });
});
