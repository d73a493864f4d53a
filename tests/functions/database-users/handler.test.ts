import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunction } from "../../../components/bundle";
import { MAX_BUNDLE_BYTES, promiseSmallQuietBundle } from "../../support/bundle-promises";

// mysql2 brings every character set; its stacks are the only ones that have it
const SIZES = { postgres: MAX_BUNDLE_BYTES, mysql: 1200 * 1024 };

for (const [engine, maxBytes] of Object.entries(SIZES))
  describe(`the built function for database users of ${engine}`, () => {
    let folder = "";

    before(() => {
      folder = mkdtempSync(join(tmpdir(), "database-users-"));
      writeFileSync(join(folder, "index.js"), bundleFunction(`database-users/${engine}`));
    });
    after(() => rmSync(folder, { recursive: true }));

    promiseSmallQuietBundle(() => folder, maxBytes);
  });
