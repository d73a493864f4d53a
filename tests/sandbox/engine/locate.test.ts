import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { EngineUnavailableError } from "../../../sandbox/engine/errors";
import { buildEngine } from "../../../sandbox/engine/go-build";
import { type Install, type Installs, locateEngine } from "../../../sandbox/engine/locate";
import { BUILT_ENGINE_VERSION, MINIMUM_ENGINE_VERSION } from "../../../sandbox/engine/version";
import { isRunning } from "../../support/processes";

const OLD = "3.100.0";
const NEW = "3.300.1";

describe("locateEngine", () => {
  let folder: string;
  let cache: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sightline-locate-"));
    cache = join(folder, "cache", "rds-sightline", "engine", `${process.platform}-${process.arch}`);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const onPath = (name: string, script: string) => executable(join(folder, "path", name), script);
  const environment = () => ({
    PATH: [join(folder, "path"), "/usr/bin", "/bin"].join(":"),
    XDG_CACHE_HOME: join(folder, "cache"),
  });
  const locate = (installs: Partial<Installs> = {}) =>
    locateEngine({ env: environment(), installs: { download: never, build: never, ...installs } });

  it("takes the pulumi on PATH when it is recent enough, and touches no cache", async () => {
    onPath("pulumi", saying(`v${NEW}`));

    const engine = await locate();

    assert.deepEqual(engine, { command: join(folder, "path", "pulumi"), version: NEW, how: "path" });
    assert.equal(existsSync(join(folder, "cache")), false);
  });

  it("takes the newest cached engine before it downloads one", async () => {
    executable(join(cache, "3.260.0", "bin", "pulumi"), saying("v3.260.0"));
    executable(join(cache, NEW, "bin", "pulumi"), saying(`v${NEW}`));

    const engine = await locate();

    assert.deepEqual(engine, { command: join(cache, NEW, "bin", "pulumi"), version: NEW, how: "cache" });
  });

  for (const [what, script] of [
    ["too old", saying(`v${OLD}`)],
    ["of a major version that our SDK does not speak", saying("v4.0.0")],
    ["broken", "exit 1"],
    ["not Pulumi at all", "echo hello"],
  ] as const) {
    it(`passes over a pulumi on PATH that is ${what}`, async () => {
      onPath("pulumi", script);

      const engine = await locate({ download: putting(NEW) });

      assert.equal(engine.how, "download");
    });
  }

  it("downloads before it builds, keeps what it got, and finds it in the cache from then on", async () => {
    const first = await locate({ download: putting(NEW) });
    const second = await locate();

    assert.deepEqual(first, { command: join(cache, NEW, "bin", "pulumi"), version: NEW, how: "download" });
    assert.deepEqual(second, { ...first, how: "cache" });
    assert.deepEqual(readdirSync(cache), [NEW]);
  });

  it("builds when there is nothing to download", async () => {
    const engine = await locate({ download: failing("no network"), build: putting(NEW) });

    assert.equal(engine.how, "build");
  });

  it("builds when what was downloaded does not run", async () => {
    const broken: Install = async (root) => executable(join(root, "bin", "pulumi"), "exit 126");

    const engine = await locate({ download: broken, build: putting(NEW) });

    assert.equal(engine.how, "build");
    assert.deepEqual(readdirSync(cache), [NEW]);
  });

  it("passes over a cached engine that no longer runs when an older one does", async () => {
    executable(join(cache, "3.260.0", "bin", "pulumi"), saying("v3.260.0"));
    executable(join(cache, NEW, "bin", "pulumi"), "exit 1");

    const engine = await locate();

    assert.equal(engine.version, "3.260.0");
  });

  it("replaces a cached engine that no longer runs, and clears what a killed process left", async () => {
    executable(join(cache, NEW, "bin", "pulumi"), "exit 1");
    executable(join(cache, "new-Ab12", "bin", "pulumi"), "exit 1");

    const engine = await locate({ download: putting(NEW) });

    assert.deepEqual(engine, { command: join(cache, NEW, "bin", "pulumi"), version: NEW, how: "download" });
    assert.deepEqual(readdirSync(cache), [NEW]);
  });

  it("names the three ways and why each failed when there is no engine", async () => {
    onPath("pulumi", saying(`v${OLD}`));

    const failed = locate({ download: failing("no network"), build: failing("there is no go on PATH") });

    await assert.rejects(failed, (error) => {
      assert.ok(error instanceof EngineUnavailableError);
      assert.deepEqual(error.message.split("\n"), [
        "no Pulumi engine could be had; any one of these is enough:",
        `  1. install pulumi ${MINIMUM_ENGINE_VERSION} or newer, so that it is on PATH (https://www.pulumi.com/docs/install/)`,
        `     failed: ${join(folder, "path", "pulumi")} is ${OLD}`,
        "  2. allow the network to the official download (https://get.pulumi.com), which is then done for you",
        "     failed: no network",
        "  3. install Go 1.25.11 or newer (https://go.dev/doc/install), with a module proxy in reach; the engine is then built for you",
        "     failed: there is no go on PATH",
      ]);
      return true;
    });
    assert.deepEqual(readdirSync(cache), [], "nothing half done may stay");
  });

  it("installs once when several ask at the same time; the others wait for it and say so", async () => {
    let installs = 0;
    const told: string[] = [];
    const slow: Install = async (root) => {
      installs += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return putting(NEW)(root);
    };
    const ask = () =>
      locateEngine({
        env: environment(),
        report: (text) => told.push(text),
        installs: { download: slow, build: never },
      });

    const engines = await Promise.all([ask(), ask(), ask()]);

    assert.equal(installs, 1);
    assert.deepEqual(engines.map(({ how }) => how).sort(), ["cache", "cache", "download"]);
    assert.match(told[0] ?? "", new RegExp(`^waiting for process ${process.pid}, .*, 0 s$`));
  });

  it("gives up at once when it is stopped, without trying the next way", async () => {
    const stop = new AbortController();
    const download: Install = async () => {
      stop.abort(new Error("Ctrl-C"));
      throw new Error("interrupted");
    };

    const stopped = locateEngine({ env: environment(), signal: stop.signal, installs: { download, build: never } });

    await assert.rejects(stopped, /^Error: Ctrl-C$/);
  });

  describe("building from the Go module", () => {
    const build = (signal?: AbortSignal) => {
      const told: string[] = [];
      const report = (text: string) => void told.push(text);
      const done = buildEngine(join(folder, "root"), {
        env: environment(),
        logFile: join(folder, "build.log"),
        report,
        signal,
      });
      return { told, done };
    };

    it("pins versions, tool and result, tells progress, and shows none of Go's chatter", async () => {
      const record = `env | grep -E '^(GO|CGO)' | sort > ${folder}/env; printf '%s\\n' "$@" > ${folder}/args`;
      onPath(
        "go",
        `case $1 in version) echo "go version go1.99.1 linux/amd64";; *) ${record}; echo "go: downloading a v1" >&2; echo some/pkg >&2;; esac`,
      );

      const { done, told } = build();
      await done;

      assert.deepEqual(lines("env"), ["CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOTOOLCHAIN=local", "GOWORK=off"]);
      assert.deepEqual(lines("args"), [
        "build",
        "-v",
        "-trimpath",
        "-buildvcs=false",
        "-ldflags",
        `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${BUILT_ENGINE_VERSION}`,
        "-o",
        join(folder, "root", "bin", "pulumi"),
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      ]);
      assert.match(told[0] ?? "", /about 4 minutes the first time: 0 modules downloaded, 0 s$/);
      assert.deepEqual(lines("build.log"), ["go: downloading a v1", "some/pkg"]);
    });

    it("says which Go is needed when the installed one is too old, and fetches no other", async () => {
      onPath("go", 'test "$GOTOOLCHAIN" = local && echo "go version go1.22.3 linux/amd64"');

      await assert.rejects(build().done, {
        message: `${join(folder, "path", "go")} is 1.22.3; the build needs 1.25.11 or newer`,
      });
    });

    it("gives the reason of a failed build and the path of its log", async () => {
      onPath(
        "go",
        'test "$1" = version && echo "go version go1.99.1" && exit; echo some/pkg >&2; echo "go: proxy says 403 Forbidden" >&2; exit 1',
      );

      await assert.rejects(build().done, {
        message: `go build failed: go: proxy says 403 Forbidden\nlog: ${join(folder, "build.log")}`,
      });
    });

    it("ends the compilers with it when it is stopped, also one that does not listen", async () => {
      onPath(
        "go",
        `test "$1" = version && echo "go version go1.99.1" && exit; (trap "" TERM; exec sleep 600) & echo $! > ${folder}/pid; echo some/pkg >&2; wait`,
      );
      const stop = new AbortController();

      const { done } = build(stop.signal);
      await until(() => existsSync(join(folder, "pid")) && lines("pid")[0] !== "");
      assert.ok(isRunning(Number(lines("pid")[0])));
      stop.abort(new Error("Ctrl-C"));

      await assert.rejects(done, /Ctrl-C/);
      assert.equal(isRunning(Number(lines("pid")[0])), false);
    });

    const lines = (name: string): string[] => readLines(join(folder, name));
  });
});

function saying(version: string): string {
  return `echo ${version}`;
}

function executable(file: string, script: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const putting = (version: string) => async (root: string) =>
  executable(join(root, "bin", "pulumi"), saying(`v${version}`));
const failing = (why: string) => async () => {
  throw new Error(why);
};
const never: Install = async () => assert.fail("must not be tried");

const readLines = (file: string): string[] => readFileSync(file, "utf8").trimEnd().split("\n");

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
