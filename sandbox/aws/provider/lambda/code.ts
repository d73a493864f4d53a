import { createHash } from "node:crypto";
import { cp, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { WireArchive } from "../wire";

/**
 * Unpacks a function's code into `<folder>/<name>-<hash>` and returns that path. The same archive is unpacked once; the folder is
 * there whole or not at all.
 */
export async function unpackCode(archive: WireArchive, folder: string, name: string): Promise<string> {
  const target = join(folder, `${name}-${hashOf(archive)}`);
  if (await exists(target)) return target;
  const draft = `${target}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await unpack(archive, draft, draft);
  await rename(draft, target);
  return target;
}

/** Bytes of text that the archive carries itself; files that it names are not counted. */
export function textBytes(archive: WireArchive): number {
  const own = archive.text === undefined ? 0 : Buffer.byteLength(archive.text);
  return Object.values(archive.assets ?? {}).reduce((sum, each) => sum + textBytes(each), own);
}

const hashOf = (archive: WireArchive): string =>
  (archive.hash || createHash("sha256").update(JSON.stringify(archive)).digest("hex")).slice(0, 12);

async function unpack(archive: WireArchive, path: string, root: string): Promise<void> {
  if (path !== root && !resolve(path).startsWith(root + sep)) {
    throw new Error(`the code archive holds a file outside itself: ${path}; use names without ".."`);
  }
  if (archive.assets !== undefined) {
    for (const [name, each] of Object.entries(archive.assets)) await unpack(each, join(path, name), root);
    return;
  }
  if (archive.text !== undefined) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, archive.text);
    return;
  }
  if (archive.path === undefined) {
    throw new Error("the sandbox unpacks code given as text, files or folders; this archive is remote or empty");
  }
  if (path === root && !(await stat(archive.path)).isDirectory()) {
    throw new Error(`the sandbox does not unpack ${archive.path}; give the code as an AssetArchive or a folder`);
  }
  await mkdir(dirname(path), { recursive: true });
  await cp(archive.path, path, { recursive: true });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
