import assert from "node:assert/strict";
import type { PceOptions } from "../../../../sandbox/pce/server";
import { type Api, type Shown, startApi, tokenOf } from "../api";

describe("a list at the PCE stand-in", () => {
  let api: Api;
  // 600 workloads, of which 550 are called web
  const start = async (options?: PceOptions) => {
    api = await startApi(options);
    const items = Array.from({ length: 600 }, (_, index) => ({ name: `${index < 550 ? "web" : "db"}-${index}` }));
    await api.send("PUT", "/workloads/bulk_create", items);
  };
  afterEach(() => api.close());

  const rowsAndTotal = async (query = "") => {
    const { body, headers } = await api.get(`/workloads${query}`);
    return [body.length, headers["x-total-count"]];
  };

  it("has 500 rows at most, and tells how many there are", async () => {
    await start();

    assert.deepEqual(await rowsAndTotal(), [500, "600"]);
    assert.deepEqual(await rowsAndTotal("?max_results=0"), [0, "600"]);
    assert.deepEqual(await rowsAndTotal("?max_results=7"), [7, "600"]);
    assert.deepEqual(await rowsAndTotal("?max_results=600"), [500, "600"]);
    assert.equal(tokenOf(await api.get("/workloads?max_results=all")), "input_validation_error");
  });

  it("has more rows when asked to, where the PCE does that", async () => {
    await start({ maxResults: "honoured" });

    assert.deepEqual(await rowsAndTotal("?max_results=600"), [600, "600"]);
    assert.deepEqual(await rowsAndTotal(), [500, "600"]);
  });

  it("counts what there is, or what matches", async () => {
    await start();
    assert.deepEqual(await rowsAndTotal("?name=db-"), [50, "600"]);
    await api.close();

    await start({ totalCount: "filtered" });
    assert.deepEqual(await rowsAndTotal("?name=db-"), [50, "50"]);
  });

  it("ignores a parameter that it does not know, where the PCE does that", async () => {
    await start({ unknownProperties: "ignore" });

    assert.deepEqual(await rowsAndTotal("?colour=red"), [500, "600"]);
    assert.equal((await api.make("/workloads", { name: "x", colour: "red" }))["colour"], undefined);
  });

  it("comes whole from a job, filters and all, when the client prefers to wait", async () => {
    const ways = [
      { jobResult: "data-file", jobEnd: "done" },
      { jobResult: "below-job", jobEnd: "completed" },
    ] as const;
    for (const { jobResult, jobEnd } of ways) {
      await start({ jobResult, jobEnd, jobPolls: 2 });

      const started = await api.send("GET", "/workloads?name=web", undefined, { Prefer: "respond-async" });
      const job = String(started.headers.location);
      const polls = [];
      for (let poll = 0; poll < 3; poll += 1) polls.push((await api.get<Job>(job)).body);
      const result = polls[2]?.result;
      const place = typeof result === "string" ? result : (result?.href ?? "");
      const rows = (await api.get(place)).body;

      assert.deepEqual([started.status, started.headers["retry-after"], started.body], [202, "0", undefined]);
      assert.match(job, /^\/orgs\/1\/jobs\/[0-9a-f-]{36}$/);
      assert.deepEqual(
        polls.map(({ status }) => status),
        ["running", "running", jobEnd],
      );
      assert.deepEqual(
        [polls[0]?.["job_type"], polls[0]?.["description"]],
        [":illumio/async_requests", "/orgs/1/workloads"],
      );
      assert.equal(typeof result, jobEnd === "done" ? "object" : "string");
      assert.match(place, jobResult === "below-job" ? /^\/orgs\/1\/jobs\/.+\/result$/ : /^\/orgs\/1\/datafiles\//);
      assert.equal(rows.length, 550);
      await api.close();
    }
  });

  it("knows no job and no data file that was never made", async () => {
    await start();

    for (const path of ["/jobs/none", "/datafiles/none", "/workloads/none", "/labels/none"]) {
      assert.equal(tokenOf(await api.get(path)), "not_found_error");
    }
  });
});

type Job = Shown & { readonly status: string; readonly result: string | { readonly href?: string } };
