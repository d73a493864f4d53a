import assert from "node:assert/strict";
import { ARCHITECTURE_RULES } from "./support/architecture-rules";
import { repositoryFiles, type SourceFile } from "./support/source-tree";

const file = (path: string, ...lines: readonly string[]): SourceFile => ({ path, text: lines.join("\n") });
// in parts, or this file would be a place that breaks the rule
const HOME = ["", "home", "someone", "checkout"].join("/");
const ONLY = `it${".only"}("x", () => {});`;

// for each promise, files that break it, with the place that must be reported, and files that come close and keep it
const SAMPLES: Readonly<
  Record<string, { readonly broken: readonly [SourceFile, string][]; readonly kept: readonly SourceFile[] }>
> = {
  "what runs in Lambda never imports Pulumi, nor anything that does": {
    broken: [
      [
        file("functions/a/handler.ts", 'import * as pulumi from "@pulumi/pulumi";'),
        "functions/a/handler.ts imports @pulumi/pulumi",
      ],
      [file("functions/a/b.ts", 'import type { X } from "@pulumi/aws";'), "functions/a/b.ts imports @pulumi/aws"],
      [
        file("functions/a/b.ts", 'import { x } from "../../components/names";'),
        "functions/a/b.ts imports components/names",
      ],
      [
        file("illumio/client/a.ts", 'const p = await import("@pulumi/pulumi");'),
        "illumio/client/a.ts imports @pulumi/pulumi",
      ],
      [file("functions/a/b.ts", 'export { Output } from "@pulumi/pulumi";'), "functions/a/b.ts imports @pulumi/pulumi"],
      [file("functions/a/b.ts", 'const p = require("@pulumi/pulumi");'), "functions/a/b.ts imports @pulumi/pulumi"],
    ],
    kept: [
      file("functions/a/b.ts", '// import "@pulumi/pulumi"', 'const text = "@pulumi/pulumi";'),
      file("components/a.ts", 'import "@pulumi/aws";'),
    ],
  },
  "what decodes flow logs knows nothing of AWS": {
    broken: [
      [
        file("flow-logs/a.ts", 'import { S3Client } from "@aws-sdk/client-s3";'),
        "flow-logs/a.ts imports @aws-sdk/client-s3",
      ],
      [
        file("flow-logs/parquet/a.ts", 'import type { Log } from "../../functions/shared/log";'),
        "flow-logs/parquet/a.ts imports functions/shared/log",
      ],
    ],
    kept: [file("flow-logs/a.ts", 'import "./b";', 'import "hyparquet";')],
  },
  "the PCE's client stands alone: no AWS, and nothing of the other rooms": {
    broken: [
      [
        file("illumio/client/a.ts", 'import { S3Client } from "@aws-sdk/client-s3";'),
        "illumio/client/a.ts imports @aws-sdk/client-s3",
      ],
      [
        file("illumio/client/a.ts", 'import type { Log } from "../../functions/shared/log";'),
        "illumio/client/a.ts imports functions/shared/log",
      ],
      [file("illumio/client/a.ts", 'import { x } from "../label";'), "illumio/client/a.ts imports illumio/label"],
    ],
    kept: [
      file("illumio/client/a.ts", 'import "./b";', 'import "ipaddr.js";'),
      file("illumio/label.ts", 'import { Labels } from "./client/labels";'),
    ],
  },
  "components take only types from functions": {
    broken: [
      [
        file("components/a.ts", 'import { f } from "../functions/a/config";'),
        "components/a.ts imports functions/a/config",
      ],
      [
        file("components/a.ts", 'import { type T, f } from "../functions/a/config";'),
        "components/a.ts imports functions/a/config",
      ],
      [file("components/a.ts", 'import "../functions/a/handler";'), "components/a.ts imports functions/a/handler"],
    ],
    kept: [
      file("components/a.ts", 'import type { T } from "../functions/a/config";'),
      file("components/a.ts", 'import { type T } from "../functions/a/config";'),
      file("components/a.ts", 'type T = import("../functions/a/config").T;'),
    ],
  },
  "in the product only a handler.ts, and what a process starts with, reads the environment": {
    broken: [
      [file("components/a.ts", "", "const x = process.env;"), "components/a.ts:2 reads process.env"],
      [file("functions/a/config.ts", 'const x = process["env"];'), "functions/a/config.ts:1 reads process.env"],
      [file("functions/a/config.ts", "const { env } = process;"), "functions/a/config.ts:1 reads process.env"],
      [file("settings.ts", 'import { env } from "node:process";'), "settings.ts:1 reads process.env"],
      [file("functions/a/b/handler.ts", "globalThis.process.env.X;"), "functions/a/b/handler.ts:1 reads process.env"],
      [file("flows/options.ts", "process.env.X;"), "flows/options.ts:1 reads process.env"],
    ],
    kept: [
      file("functions/a/handler.ts", "process.env"),
      file("flows/flows.ts", "process.env"),
      file("illumio/provider/main.ts", "process.env"),
      file("sandbox/a.ts", "process.env"),
      file("components/a.ts", "// process.env", "const env = 1;"),
    ],
  },
  "only settings.ts reads the stack's configuration": {
    broken: [
      [file("index.ts", "new pulumi.Config();"), "index.ts:1 reads pulumi.Config"],
      [file("components/a.ts", 'import { Config } from "@pulumi/pulumi";'), "components/a.ts:1 reads pulumi.Config"],
      [file("components/a.ts", "function f(c: pulumi.Config) {}"), "components/a.ts:1 reads pulumi.Config"],
      [file("components/a.ts", "pulumi.runtime.allConfig();"), "components/a.ts:1 reads pulumi.Config"],
    ],
    kept: [file("settings.ts", "new pulumi.Config();"), file("components/a.ts", "new pulumi.ComponentResource();")],
  },
  "the product imports nothing from the sandbox, the tests or the benchmarks": {
    broken: [
      [file("index.ts", 'import { x } from "./sandbox/tour";'), "index.ts imports sandbox/tour"],
      [
        file("functions/a/b.ts", 'import type { x } from "../../tests/support/x";'),
        "functions/a/b.ts imports tests/support/x",
      ],
    ],
    kept: [file("sandbox/a.ts", 'import { x } from "./b";'), file("index.ts", 'import { x } from "sandbox";')],
  },
  "no file or folder is called utils, common, helpers or misc": {
    broken: [
      [file("components/utils.ts"), "components/utils.ts"],
      [file("functions/common/a.ts"), "functions/common/a.ts"],
      [file("tests/test-helpers.ts"), "tests/test-helpers.ts"],
    ],
    kept: [file("components/common-name.ts")],
  },
  "TypeScript files have names in kebab case": {
    broken: [
      [file("components/fooBar.ts"), "components/fooBar.ts"],
      [file("components/foo_bar.ts"), "components/foo_bar.ts"],
    ],
    kept: [file("tests/foo-bar2.test.ts"), file("README.md")],
  },
  "no file only re-exports others": {
    broken: [
      [
        file("functions/shared/index.ts", 'export * from "./a";', 'export { b } from "./b";'),
        "functions/shared/index.ts",
      ],
    ],
    kept: [
      file("settings.ts", 'export type { Zone } from "./zone";', "export const x = 1;"),
      file("a.ts", "export const x = 1;"),
    ],
  },
  "no source file is over 300 lines": {
    broken: [[file("components/a.ts", ...Array(301).fill("x;")), "components/a.ts has 301 lines"]],
    kept: [file("components/a.ts", ...Array(300).fill("x;"), ""), file("README.md", ...Array(400).fill("x"))],
  },
  "no test runs only itself": {
    broken: [[file("tests/a.test.ts", ONLY), "tests/a.test.ts:1 runs only itself"]],
    kept: [file("tests/a.test.ts", 'it("runs only", () => {});', "made.only();")],
  },
  "no file names a folder of one computer": {
    broken: [
      [file("README.md", "", `cd ${HOME}`), `README.md:2 ${HOME}`],
      [file("a.ts", `const x = "${["", "tmp", "x.json"].join("/")}";`), `a.ts:1 ${["", "tmp", "x.json"].join("/")}`],
    ],
    kept: [file("a.ts", "os.tmpdir() + path", '"AWSLogs/home/a"', "https://example.com/work/items", "iam::1:root")],
  },
};

describe("the architecture", () => {
  const files = repositoryFiles();

  it("is checked over every room", () => {
    for (const room of ["components/", "tests/", "settings/", "illumio/client/"])
      assert.ok(
        files.some(({ path }) => path.startsWith(room)),
        room,
      );
    assert.deepEqual(
      Object.keys(SAMPLES),
      ARCHITECTURE_RULES.map(({ promise }) => promise),
    );
  });

  for (const { promise, violations } of ARCHITECTURE_RULES) {
    it(`keeps it: ${promise}`, () => {
      assert.deepEqual(violations(files), []);
    });

    it(`would notice: ${promise}`, () => {
      const { broken = [], kept = [] } = SAMPLES[promise] ?? {};
      for (const [sample, place] of broken) assert.deepEqual(violations([sample]), [place]);
      for (const sample of kept) assert.deepEqual(violations([sample]), [], sample.text);
      assert.ok(broken.length > 0 && kept.length > 0);
    });
  }
});
