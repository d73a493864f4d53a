import assert from "node:assert/strict";
import { join } from "node:path";
import { engineEnvironment } from "../../../sandbox/engine/environment";

const engine = { command: "/opt/engine/bin/pulumi", version: "3.259.0", how: "cache" } as const;

describe("the engine's environment", () => {
  it("hands on nothing of the user's Pulumi and AWS settings", () => {
    const mine = {
      AWS_PROFILE: "prod",
      AWS_SECRET_ACCESS_KEY: "s",
      PULUMI_ACCESS_TOKEN: "t",
      PULUMI_STACK: "prod",
      LANG: "C",
    };

    const env = engineEnvironment({ engine, run: "/run" }, mine);

    const names = Object.keys(env);
    assert.deepEqual(
      Object.keys(mine).filter((name) => names.includes(name)),
      ["LANG"],
    );
  });

  it("keeps state and home in the run folder, puts the engine first on PATH, and attaches the given providers only", () => {
    const { PATH, PULUMI_BACKEND_URL, PULUMI_HOME, PULUMI_DEBUG_PROVIDERS } = engineEnvironment(
      { engine, run: "/run", providers: { aws: 4001, random: 4002 } },
      { PATH: "/bin" },
    );

    assert.deepEqual(
      { PATH, PULUMI_BACKEND_URL, PULUMI_HOME, PULUMI_DEBUG_PROVIDERS },
      {
        PATH: `/opt/engine/bin:${join(process.cwd(), "sandbox/engine/launchers")}:/bin`,
        PULUMI_BACKEND_URL: "file:///run/engine/state",
        PULUMI_HOME: "/run/engine/home",
        PULUMI_DEBUG_PROVIDERS: "aws:4001,random:4002",
      },
    );
    assert.equal("PULUMI_DEBUG_PROVIDERS" in engineEnvironment({ engine, run: "/run" }, {}), false);
  });
});
