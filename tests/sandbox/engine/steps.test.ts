import assert from "node:assert/strict";
import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import { countSteps, trackSteps } from "../../../sandbox/engine/steps";

const urnOf = (type: string, name: string) => `urn:pulumi:dev::rds-sightline::${type}::${name}`;

interface StepShape {
  readonly type?: string;
  readonly diffs?: string[];
  readonly keys?: string[];
}

const metadata = (op: string, name: string, { type = "aws:ec2/subnet:Subnet", ...rest }: StepShape = {}) => ({
  op: op as OpType,
  urn: urnOf(type, name),
  type,
  provider: "",
  ...rest,
});
const base = { sequence: 0, timestamp: 0 };
const started = (...args: Parameters<typeof metadata>): EngineEvent => ({
  ...base,
  resourcePreEvent: { metadata: metadata(...args) },
});
const finished = (...args: Parameters<typeof metadata>): EngineEvent => ({
  ...base,
  resOutputsEvent: { metadata: metadata(...args) },
});
const said = (severity: string, message: string, urn?: string): EngineEvent => ({
  ...base,
  diagnosticEvent: { severity: severity as "error", message, color: "never", ...(urn !== undefined && { urn }) },
});
const track = (...events: EngineEvent[]) => {
  const tracker = trackSteps();
  const told = events.flatMap((event) => tracker.observe(event) ?? []);
  return { ...tracker, told };
};

describe("trackSteps", () => {
  it("makes one step of a replacement, in either order, with its keys", () => {
    const { steps } = track(
      started("create-replacement", "a", { keys: ["cidrBlock"], diffs: ["cidrBlock"] }),
      started("replace", "a"),
      started("delete-replaced", "a"),
      started("delete-replaced", "b"),
      started("create-replacement", "b"),
    );

    assert.deepEqual(
      steps().map(({ name, op, diffs, replaceKeys }) => ({ name, op, diffs, replaceKeys })),
      [
        { name: "a", op: "replace", diffs: ["cidrBlock"], replaceKeys: ["cidrBlock"] },
        { name: "b", op: "replace", diffs: undefined, replaceKeys: undefined },
      ],
    );
    assert.deepEqual(countSteps(steps()), { create: 0, same: 0, update: 0, replace: 2, delete: 0 });
  });

  it("takes what a refresh found, not that it looked", () => {
    const { steps } = track(
      started("refresh", "a"),
      finished("update", "a"),
      started("refresh", "b"),
      finished("same", "b"),
    );

    assert.deepEqual(countSteps(steps()), { create: 0, same: 1, update: 1, replace: 0, delete: 0 });
  });

  it("counts neither the stack nor its providers", () => {
    const { steps, told } = track(
      started("create", "rds-sightline-dev", { type: "pulumi:pulumi:Stack" }),
      started("create", "default_7_48_0", { type: "pulumi:providers:aws" }),
    );

    assert.deepEqual(steps(), []);
    assert.deepEqual(told, []);
  });

  it("tells once that a component is finished, though the engine says so twice", () => {
    const { told } = track(started("create", "a"), finished("create", "a"), finished("create", "a"));

    assert.deepEqual(
      told.map(({ kind }) => kind),
      ["started", "finished"],
    );
  });

  it("drops the engine's debug messages and colours", () => {
    const { told } = track(said("debug", "Registering"), said("warning", "<{%fg 3%}>deprecated<{%reset%}>\n"));

    assert.deepEqual(told, [{ kind: "message", severity: "warning", text: "deprecated" }]);
  });

  it("keeps each reason of a failure once, with the resource it belongs to, and of a trace only our own line", () => {
    const urn = urnOf("aws:ec2/vpc:Vpc", "v");
    const { diagnostics } = track(
      said(
        "error",
        "Unhandled exception: Error: no zones\n    at Object.<anonymous> (node_modules/x.js:1:1)\n    at plan (zones.ts:7:9)",
      ),
      said("error", "no zones"),
      said("error", "One or more errors occurred: no zones"),
      said("error", "quota exceeded", urn),
      said("error", "quota exceeded", urn),
    );

    assert.deepEqual(diagnostics(), [
      { message: "no zones\n  at plan (zones.ts:7:9)" },
      { message: "quota exceeded", urn },
    ]);
  });

  it("keeps the engine's last word when it is the only one", () => {
    const { diagnostics } = track(said("error", "One or more errors occurred: lost"));

    assert.deepEqual(diagnostics(), [{ message: "One or more errors occurred: lost" }]);
  });
});
