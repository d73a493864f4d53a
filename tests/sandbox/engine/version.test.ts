import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  BUILT_ENGINE_VERSION,
  compareVersions,
  findVersion,
  isUsable,
  MINIMUM_ENGINE_VERSION,
} from "../../../sandbox/engine/version";

const ROOT = join(__dirname, "../../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

describe("the engine's versions", () => {
  it("accepts no engine that is older than the SDK in package.json", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };

    assert.equal(MINIMUM_ENGINE_VERSION, dependencies["@pulumi/pulumi"]);
  });

  it("builds one that is usable, and the one that the pinned go.mod and go.sum hold", () => {
    assert.ok(isUsable(BUILT_ENGINE_VERSION));
    assert.match(
      read("sandbox/engine/build/go.mod"),
      new RegExp(`^require github.com/pulumi/pulumi/pkg/v3 v${BUILT_ENGINE_VERSION}$`, "m"),
    );
    assert.match(
      read("sandbox/engine/build/go.sum"),
      new RegExp(`^github.com/pulumi/pulumi/pkg/v3 v${BUILT_ENGINE_VERSION} h1:`, "m"),
    );
  });

  for (const [text, version] of [
    ["v3.259.0\n", "3.259.0"],
    ["v3.260.0-alpha.x1b2", "3.260.0"],
    ["go version go1.26.8 linux/amd64", "1.26.8"],
    ["go1.27", "1.27.0"],
    ["hello", undefined],
    ["", undefined],
  ] as const) {
    it(`finds ${version ?? "no version"} in ${JSON.stringify(text)}`, () => {
      assert.equal(findVersion(text), version);
    });
  }

  it("compares by numbers, not by letters", () => {
    assert.ok(compareVersions("3.99.0", "3.248.0") < 0);
    assert.ok(compareVersions("3.248.10", "3.248.9") > 0);
    assert.equal(compareVersions("3.248.0", "3.248.0"), 0);
  });

  it("takes the minimum itself, and no other major version", () => {
    assert.ok(isUsable(MINIMUM_ENGINE_VERSION));
    assert.equal(isUsable("3.247.9"), false);
    assert.equal(isUsable("4.0.0"), false);
  });
});
