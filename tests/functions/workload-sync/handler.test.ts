import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunction } from "../../../components/bundle";
import { promiseSmallQuietBundle } from "../../support/bundle-promises";

// what it does when it runs as Lambda runs it: tests/sandbox/workload-sync.test.ts
describe("the built workload sync", () => {
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "workload-sync-"));
    writeFileSync(join(folder, "index.js"), bundleFunction("workload-sync"));
  });
  after(() => rmSync(folder, { recursive: true }));

  promiseSmallQuietBundle(() => folder);
});
