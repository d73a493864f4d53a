import { createHash } from "node:crypto";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

/** The repository: functions are found, and named in the bundle, from here. */
const ROOT = join(__dirname, "..");

/**
 * One function and what it imports as one CommonJS file for Node 22. The same source gives the same bytes in every folder and on every
 * machine, so that an update without a change in the code changes nothing. Throws with esbuild's message when it does not compile.
 */
export function bundleFunction(folder: string, root: string = ROOT): string {
  const name = `${root}\0${folder}`;
  const bundle = bundles.get(name) ?? bundled(folder, root);
  bundles.set(name, bundle);
  return bundle;
}

// a process may run the program many times: tests do, and the sandbox
const bundles = new Map<string, string>();

function bundled(folder: string, root: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [join("functions", folder, "handler.ts")],
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node22",
    // Lambda's runtime brings the SDK, and keeps it patched
    external: ["@aws-sdk/*"],
    minify: true,
    // error names and class names are read in logs
    keepNames: true,
    legalComments: "none",
    // a tsconfig found on the way up could change the output
    tsconfigRaw: {},
    logLevel: "silent",
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error(`esbuild wrote nothing for functions/${folder}/handler.ts`);
  return bundle.text;
}

/** A function's code: `index.js`, and the given files beside it. Text by name. */
export type CodeFiles = Readonly<Record<string, string>>;

/** The code of a function, bundled. Throws as `bundleFunction` does. */
export function codeFiles(folder: string, files: CodeFiles = {}): CodeFiles {
  return { ...files, "index.js": bundleFunction(folder) };
}

/** A function's code as Lambda takes it. */
export function codeArchive(files: CodeFiles): pulumi.asset.AssetArchive {
  return new pulumi.asset.AssetArchive(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, new pulumi.asset.StringAsset(text)])),
  );
}

/** Differs when any file or name does. Known in previews too, where Lambda's own hash is not. */
export function codeHash(files: CodeFiles): string {
  const sorted = Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}
