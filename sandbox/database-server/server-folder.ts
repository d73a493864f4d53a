import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SystemUser } from "./system-user";

/** A folder for one server's files, which belong to the user that it runs as. */
export class ServerFolder {
  readonly path: string;
  readonly #owner: SystemUser | undefined;

  constructor(prefix: string, owner: SystemUser | undefined) {
    this.path = mkdtempSync(join(tmpdir(), prefix));
    this.#owner = owner;
    this.#give(this.path);
  }

  /** Writes a file that only the server reads; returns where it is. */
  write(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text, { mode: 0o600 });
    return this.#give(file);
  }

  /** Makes a folder in it; returns where it is. */
  folder(name: string): string {
    const folder = join(this.path, name);
    mkdirSync(folder);
    return this.#give(folder);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #give(path: string): string {
    if (this.#owner) chownSync(path, this.#owner.uid, this.#owner.gid);
    return path;
  }
}
