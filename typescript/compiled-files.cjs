// `compiled-files.d.cts` says what this promises. Plain JavaScript, since it is what loads TypeScript.
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

class CompiledFiles {
  /** The compiled file of each source file of this process, or what it holds where the folder can't be written to. */
  #places = new Map();

  constructor(folder, settings, compile) {
    this.folder = folder;
    this.settings = settings;
    this.compile = compile;
  }

  load(file) {
    const source = readFileSync(file, "utf8");
    const hash = createHash("sha256").update(`${this.settings}\0${file}\0${source}`).digest("hex");
    const kept = join(this.folder, `${hash}.js`);
    const code = readOrNothing(kept);
    if (code !== undefined) {
      this.#places.set(file, { kept });
      return code;
    }
    const fresh = this.compile(source, file);
    this.#places.set(file, write(kept, fresh) ? { kept } : { code: fresh });
    return fresh;
  }

  loaded(file) {
    const place = this.#places.get(file);
    return place && (place.code ?? readOrNothing(place.kept));
  }
}

function readOrNothing(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

// whole or not at all: other processes read it meanwhile. A folder that can't be written to costs time, and nothing else
function write(file, text) {
  const part = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(part, text);
    renameSync(part, file);
    return true;
  } catch {
    if (existsSync(part)) rmSync(part);
    return false;
  }
}

module.exports = { CompiledFiles };
