import { sep } from "node:path";

const LIBRARIES = `${sep}node_modules${sep}`;
const own = new Set(Object.keys(require.cache));

/**
 * Makes Node load everything anew that was loaded since this module was, but the libraries. Node keeps modules: a program that has been
 * loaded would create nothing the second time.
 */
export function forgetProgram(): void {
  const gone = new Set(Object.keys(require.cache).filter((file) => !own.has(file) && !file.includes(LIBRARIES)));
  for (const file of gone) delete require.cache[file];
  // each module also holds those that it loaded first
  for (const left of Object.values(require.cache)) {
    if (left) left.children = left.children.filter(({ filename }) => !gone.has(filename));
  }
}
