import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  defaultCacheFolder,
  ensurePythonEnvironment,
  environmentName,
  REQUIREMENTS_FILE,
} from "../../../sandbox/aws/python-environment";

describe("the Python environment", () => {
  let folder: string;
  let cacheFolder: string;
  let requirementsFile: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sightline-test-"));
    cacheFolder = join(folder, "cache");
    requirementsFile = join(folder, "requirements.txt");
    await writeFile(requirementsFile, "moto==1.2.3\n");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A stand-in for python3 that logs each installation; `pip` runs `install`. */
  async function fakePython({ version = "3.12", install = "exit 0" } = {}): Promise<string> {
    const file = join(folder, "python");
    const lines = [
      "#!/bin/sh",
      `if [ "$1" = -c ]; then echo ${version}; fi`,
      `if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi`,
      `if [ "$2" = pip ]; then echo installed >> ${folder}/installed; sleep 0.3; ${install}; fi`,
    ];
    await writeFile(file, `${lines.join("\n")}\n`);
    await chmod(file, 0o755);
    return file;
  }

  it("is made once, and used from then on without a word", async () => {
    const said: string[] = [];
    const options = {
      cacheFolder,
      requirementsFile,
      python: await fakePython(),
      progress: (text: string) => said.push(text),
    };

    const first = await ensurePythonEnvironment(options);
    const second = await ensurePythonEnvironment({ ...options, python: "no-such-python" });

    assert.equal(first, join(cacheFolder, environmentName("moto==1.2.3\n"), "bin", "python"));
    assert.equal(second, first);
    assert.equal(said.length, 1);
  });

  it("is made once when two ask at the same time", async () => {
    const options = { cacheFolder, requirementsFile, python: await fakePython() };

    const [one, two] = await Promise.all([ensurePythonEnvironment(options), ensurePythonEnvironment(options)]);

    assert.equal(one, two);
    assert.equal(await readFile(join(folder, "installed"), "utf8"), "installed\n");
  });

  it("leaves nothing behind when the packages can not be had, and says why", async () => {
    const python = await fakePython({ install: "echo 'no route to the index' >&2; exit 1" });

    await assert.rejects(ensurePythonEnvironment({ cacheFolder, requirementsFile, python }), {
      name: "PythonEnvironmentError",
      message: /could not be installed: no route to the index\. .*pip download moto/,
    });

    assert.deepEqual(await readdir(cacheFolder), []);
  });

  it("takes over from a build that was cut off", async () => {
    const python = await fakePython();
    const name = environmentName("moto==1.2.3\n");
    await mkdir(join(cacheFolder, name), { recursive: true });

    await ensurePythonEnvironment({ cacheFolder, requirementsFile, python });

    assert.deepEqual(await readdir(cacheFolder), [name]);
  });

  it("says what is missing when there is no Python", async () => {
    await assert.rejects(ensurePythonEnvironment({ cacheFolder, requirementsFile, python: "no-such-python" }), {
      name: "PythonEnvironmentError",
      message: /needs Python 3\.10 or newer .*got: no "no-such-python" on PATH\. Install it/,
    });
  });

  it("says what is missing when Python is too old", async () => {
    const python = await fakePython({ version: "3.9" });

    await assert.rejects(
      ensurePythonEnvironment({ cacheFolder, requirementsFile, python }),
      /needs Python 3\.10 .*got .* 3\.9/,
    );
  });

  it("has another name for other requirements", () => {
    assert.match(environmentName("moto==5.2.5\n"), /^moto-5\.2\.5-[0-9a-f]{12}$/);
    assert.notEqual(environmentName("moto==5.2.5\n"), environmentName("moto==5.2.5\nflask==1\n"));
  });

  it("is kept where the XDG base directory specification says", () => {
    assert.equal(defaultCacheFolder({ XDG_CACHE_HOME: "/cache" }, "/home/u"), "/cache/rds-sightline");
    assert.equal(defaultCacheFolder({ XDG_CACHE_HOME: "relative" }, "/home/u"), "/home/u/.cache/rds-sightline");
    assert.equal(defaultCacheFolder({}, "/home/u"), "/home/u/.cache/rds-sightline");
  });

  it("pins every package and names no host", async () => {
    const lines = (await readFile(REQUIREMENTS_FILE, "utf8"))
      .split("\n")
      .filter((line) => line && !line.startsWith("#"));

    assert.deepEqual(
      lines.filter((line) => !/^[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*$/.test(line)),
      [],
    );
    assert.ok(lines.includes("moto==5.2.5"));
  });
});
