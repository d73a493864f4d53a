import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CUSTOM_FORMAT } from "../../sandbox/traffic/flow-format";
import { trafficFile } from "../flow-logs/files";
import { Child } from "../flow-logs/processes";
import { textSpeed } from "../flow-logs/speed";
import { scalePage } from "./page";
import type { Measured } from "./scale";
import { defaultScaleSettings } from "./scale-settings";

// `npm run scale`: measures the default format on one core, and writes the figures and the page that is computed from them.

const ROOT = join(__dirname, "../..");

async function measure(folder: string): Promise<Measured> {
  const path = await trafficFile(folder, CUSTOM_FORMAT, 1_000_000);
  const { lines, textBytes, fileBytes, decodeMs } = await textSpeed("custom", path, 3, {
    ...{ child: new Child(folder), rounds: 9 },
  });
  return { lines, textBytes, fileBytes, decodeMs: Math.round(decodeMs) };
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-scale-"));
  try {
    const measured = await measure(folder);
    await writeFile(join(__dirname, "measured.json"), `${JSON.stringify(measured, undefined, 2)}\n`);
    await writeFile(join(ROOT, "docs/scale.md"), scalePage(measured, defaultScaleSettings()));
    process.stdout.write("docs/scale.md and benchmarks/scale/measured.json are written\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
