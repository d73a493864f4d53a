import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunction } from "../../../components/bundle";
import { promiseSmallQuietBundle } from "../../support/bundle-promises";

describe("the built function for database users", () => {
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "database-users-"));
    writeFileSync(join(folder, "index.js"), bundleFunction("database-users/postgres"));
  });
  after(() => rmSync(folder, { recursive: true }));

  promiseSmallQuietBundle(() => folder);
});
