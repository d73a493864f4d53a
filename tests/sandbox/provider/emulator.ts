import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Moto, startMoto } from "../../../sandbox/aws/moto";
import { atTheEnd } from "../../support/at-the-end";
import { startFork } from "../../support/worker-processes";

/** One emulator for all tests of this folder, each in a region of its own. */
export interface Emulator {
  readonly url: string;
  /** A folder that is removed when the tests are over. */
  readonly folder: string;
}

let running: Promise<{ moto: Moto; folder: string }> | undefined;

/** The emulator, started when first asked for. */
export async function emulator(): Promise<Emulator> {
  running ??= start();
  const { moto, folder } = await running;
  return { url: moto.url, folder };
}

async function start(): Promise<{ moto: Moto; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "rds-sightline-provider-"));
  const moto = await startMoto({ logFile: join(folder, "moto.log"), start: startFork });
  atTheEnd(async () => {
    running = undefined;
    await moto.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { moto, folder };
}
