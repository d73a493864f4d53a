import assert from "node:assert/strict";
import {
  DEFAULT_BEHAVIOUR,
  type PceBehaviour,
  pceVariants,
  SWITCHES,
  singleTurns,
} from "../../../sandbox/pce/behaviour";
import { startApi } from "./api";
import { call } from "./https-client";

const POINTS = Object.keys(SWITCHES) as (keyof PceBehaviour)[];

describe("how the PCE stand-in may behave", () => {
  it("is played in few ways, which meet each answer to each unsettled point, the default first", () => {
    assert.deepEqual(pceVariants[0]?.behaviour, DEFAULT_BEHAVIOUR);
    assert.ok(pceVariants.length <= 3, `${pceVariants.length} ways`);
    for (const point of POINTS) {
      const met = new Set<unknown>(pceVariants.map(({ behaviour }) => behaviour[point]));
      assert.deepEqual(met, new Set<unknown>(SWITCHES[point]), point);
    }
  });

  it("is also played with one point turned at a time, to tell which one a client trips over", () => {
    for (const { name, behaviour } of singleTurns) {
      assert.equal(POINTS.filter((point) => behaviour[point] !== DEFAULT_BEHAVIOUR[point]).length, 1, name);
    }
    const answers = POINTS.reduce((sum, point) => sum + SWITCHES[point].length, 0);
    assert.equal(singleTurns.length, answers - POINTS.length);
  });

  it("wraps an error in an array, in nothing, or as a text alone", async () => {
    const bodies = [];
    for (const errorShape of SWITCHES.errorShape) {
      const api = await startApi({ errorShape });
      bodies.push((await api.get<unknown>("/labels/1")).body);
      await api.close();
    }

    const error = { token: "not_found_error", message: "Nothing is at /orgs/1/labels/1" };
    assert.deepEqual(bodies, [[error], error, [{ error: error.message }]]);
  });

  it("tells that it is there without a key, on premises; a SaaS one has no such path", async () => {
    const statuses = [];
    for (const hosting of SWITCHES.hosting) {
      const api = await startApi({ hosting });
      const path = (name: string) => ({ method: "GET", path: `/api/v2/${name}` });
      const open = { ...path("node_available"), auth: undefined };
      for (const asked of [open, path("health"), path("product_version"), { ...path("health"), auth: undefined }]) {
        statuses.push((await call(api.pce, asked)).status);
      }
      await api.close();
    }

    assert.deepEqual(statuses, [200, 200, 200, 401, 404, 404, 200, 401]);
  });
});
