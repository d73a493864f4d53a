import { spawnSync } from "node:child_process";

/** A user of this system, as a process is started under it. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** Database servers do not run as root: then as the system's user for them, or as nobody. Undefined where we are not root. */
export function unprivilegedUser(preferred: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of [preferred, "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((flag) => spawnSync("id", [flag, name], { encoding: "utf8" }).stdout.trim());
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`a database server can't run as root, and this system has neither a user ${preferred} nor nobody`);
}
