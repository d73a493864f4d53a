import assert from "node:assert/strict";
import { findRoute, type Route } from "../../../sandbox/pce/router";

const route = (method: Route["method"], path: string): Route => ({ method, path, handle: () => ({ status: 200 }) });

describe("the PCE stand-in's router", () => {
  const labels = route("GET", "/orgs/:org/labels");
  const label = route("PUT", "/orgs/:org/labels/:label");
  const routes = [labels, label];

  it("finds a route by method and path, and names the path's parts", () => {
    assert.deepEqual(findRoute(routes, "PUT", "/orgs/1/labels/14"), {
      kind: "found",
      route: label,
      parameters: { org: "1", label: "14" },
    });
  });

  it("tells which methods a path has when it is asked for another", () => {
    assert.deepEqual(findRoute(routes, "DELETE", "/orgs/1/labels"), { kind: "wrong-method", allowed: ["GET"] });
  });

  it("knows no path that is longer, shorter or otherwise different", () => {
    for (const path of ["/orgs/1", "/orgs/1/label", "/orgs/1/labels/14/more", "/"]) {
      assert.deepEqual(findRoute(routes, "GET", path), { kind: "unknown" });
    }
  });
});
