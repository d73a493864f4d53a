import { createReadStream, type Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { localFile } from "../flow-logs/local-file";
import { missing, type Source } from "./source";
import { streamFile } from "./stream-file";

/**
 * The files at a path of this computer: the file itself, or every file in the folder and its folders, whatever their names, in order of
 * their names. Links to files are followed, links to folders are not: they may lead round. `folder` is where relative paths begin.
 */
export async function* localSources(path: string, folder: string): AsyncGenerator<Source, void, undefined> {
  const at = resolve(folder, path);
  try {
    const found = await stat(at);
    if (found.isFile()) yield fileSource(path, at, found.size);
    else if (found.isDirectory()) yield* filesOf(path, at);
    // a pipe, as of <(zcat a.gz): it can be read once, from its beginning
    else yield { name: path, open: async () => streamFile(createReadStream(at)) };
  } catch (error) {
    yield missing(path, reasonOf(error), error);
  }
}

function fileSource(name: string, path: string, lengthBytes: number): Source {
  return { name, lengthBytes, open: async () => ({ ...(await localFile(path)), close: () => undefined }) };
}

async function* filesOf(name: string, folder: string): AsyncGenerator<Source, void, undefined> {
  let isEmpty = true;
  for await (const source of walk(name, folder)) {
    isEmpty = false;
    yield source;
  }
  if (isEmpty) yield missing(name, "there is no file in the folder; name one that has flow logs in it");
}

async function* walk(name: string, folder: string): AsyncGenerator<Source, void, undefined> {
  let entries: readonly Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // the folders beside it are read all the same
    yield missing(name, reasonOf(error), error);
    return;
  }
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const entryName = join(name, entry.name);
    if (entry.isDirectory()) yield* walk(entryName, path);
    else yield* fileAt(entryName, path);
  }
}

async function* fileAt(name: string, path: string): AsyncGenerator<Source, void, undefined> {
  try {
    const found = await stat(path);
    if (found.isFile()) yield fileSource(name, path, found.size);
  } catch (error) {
    yield missing(name, reasonOf(error), error);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file or folder";
  if (code === "EACCES" || code === "EPERM") return "it may not be read by you";
  return error instanceof Error ? error.message : String(error);
}
