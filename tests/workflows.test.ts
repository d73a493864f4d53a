import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { actionlint, findActionlint } from "./support/actionlint";

const FOLDER = join(__dirname, "..", ".github", "workflows");
const workflows = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(join(FOLDER, name), "utf8") }));

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
}

describe("The GitHub workflows", () => {
  describe("read by actionlint", () => {
    let command: string;
    before(async function () {
      this.timeout(120_000); // its first build
      const found = await findActionlint();
      if (found === undefined)
        this.skip(); // no Go on this machine
      else command = found;
    });

    it("have no fault", async () => {
      const faults = await actionlint(
        command,
        workflows.map(({ name }) => join(FOLDER, name)),
      );

      assert.deepEqual(faults, []);
    });

    it("would be found out", async () => {
      const folder = mkdtempSync(join(tmpdir(), "workflow-"));
      const file = join(folder, "x.yml");
      const step = "echo $" + "{{ matrix.nothing }}";
      writeFileSync(file, `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{ run: '${step}' }]\n`);

      const faults = await actionlint(command, [file]);

      rmSync(folder, { recursive: true });
      assert.match(faults[0]?.message ?? "", /nothing/);
    });
  });

  it("use no stored key", () => {
    for (const { name, text } of workflows) {
      assert.doesNotMatch(text, /\$\{\{\s*secrets\./, `${name} reads a secret`);
    }
  });

  it("ask for the OIDC token only in the preview, and never for more than they use", () => {
    const permissions = Object.fromEntries(
      workflows.map(({ name, text }) => [name, (parse(text) as Workflow).permissions]),
    );

    assert.deepEqual(permissions, {
      "preview.yml": { contents: "read", "id-token": "write", "pull-requests": "write" },
      "test.yml": { contents: "read" },
    });
  });
});
