import assert from "node:assert/strict";
import { API_SECRET, json, scriptedClients } from "../../support/pce-objects";
import type { ScriptedAnswer } from "../../support/scripted-pce";

const JOB = "/orgs/1/jobs/0a1b";
const FILE = "/orgs/1/datafiles/2c3d";
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ href: `/orgs/1/labels/${index}`, key: "app", value: `a${index}` }));
const page = (count: number, total?: number): ScriptedAnswer =>
  json(rows(count), 200, total === undefined ? {} : { "x-total-count": String(total) });
const ACCEPTED = { status: 202, body: "", headers: { location: JOB, "retry-after": "2" } };
const RUNNING = json({ href: JOB, status: "running", result: {} });
const done = (href: string) => json({ href: JOB, status: "done", result: { href } });

describe("a collection of the PCE", () => {
  const given = scriptedClients();

  const AT_ONCE = [
    { what: "fewer than 500, without a total", answer: page(499), count: 499 },
    { what: "few, with a total that counts everything there is", answer: page(3, 12_345), count: 3 },
    { what: "exactly 500, as the total says", answer: page(500, 500), count: 500 },
    { what: "none", answer: page(0, 0), count: 0 },
  ];
  for (const { what, answer, count } of AT_ONCE) {
    it(`is whole after one request when the rows are ${what}`, async () => {
      const { labels, asked } = await given([answer]);

      assert.equal((await labels.list()).length, count);
      assert.deepEqual(asked(), ["GET /labels?max_results=500"]);
    });
  }

  for (const total of [undefined, 501, 1_200]) {
    it(`is collected by a job when 500 rows may not be all: total ${total}`, async () => {
      const { labels, asked, waits, pce } = await given([page(500, total), ACCEPTED, RUNNING, done(FILE), page(1_200)]);

      assert.equal((await labels.list()).length, 1_200);
      assert.deepEqual(asked(), [
        "GET /labels?max_results=500",
        "GET /labels",
        "GET /jobs/0a1b",
        "GET /jobs/0a1b",
        "GET /datafiles/2c3d",
      ]);
      assert.equal(pce.requests[1]?.headers["prefer"], "respond-async");
      assert.deepEqual(waits, [2_000, 1_000]);
    });
  }

  it("is collected whatever way the job says that it is done", async () => {
    const { labels } = await given([page(500), ACCEPTED, json({ status: "completed", result: FILE }), page(501)]);

    assert.equal((await labels.list()).length, 501);
  });

  it("is collected when the hrefs have the prefix of the API", async () => {
    const accepted = { ...ACCEPTED, headers: { location: `/api/v2${JOB}` } };
    const { labels, asked } = await given([page(500), accepted, done(`/api/v2${FILE}`), page(501)]);

    await labels.list();

    assert.equal(asked().at(-1), "GET /datafiles/2c3d");
  });

  it("is whole when the PCE answers all rows at once instead of a job", async () => {
    const { labels } = await given([page(500), page(700)]);

    assert.equal((await labels.list()).length, 700);
  });

  it("is refused, rather than taken for whole, when only 500 rows can be had", async () => {
    const { labels } = await given([page(500, 900), page(500, 900)]);

    await assert.rejects(labels.list(), /500 rows at once though .* some may be missing; allow asynchronous requests/);
  });

  it("fails with the reason that the job gives", async () => {
    const failed = json({ status: "failed", result: { message: "too many rows" } });
    const { labels } = await given([page(500), ACCEPTED, failed]);

    await assert.rejects(labels.list(), /the PCE could not collect the list of labels: too many rows/);
  });

  it("ends with the time there is when the job does not", async () => {
    const { labels, pce } = await given(
      ({ path, headers }) => (path.includes("/jobs/") ? RUNNING : headers["prefer"] ? ACCEPTED : page(500)),
      { timeMs: 20_000 },
    );

    await assert.rejects(labels.list(), { name: "UnavailableError" });

    assert.ok(pce.requests.length < 12);
  });

  for (const href of ["https://elsewhere.example/orgs/1/jobs/1", "//elsewhere.example", "/orgs/1/../2/jobs/1", ""]) {
    it(`takes its API key nowhere else: ${href}`, async () => {
      const { labels, pce } = await given([page(500), { ...ACCEPTED, headers: { location: href } }]);

      await assert.rejects(labels.list(), /the PCE's job for the list of labels must lead to \/orgs\/1\/\.\.\., got "/);
      assert.equal(pce.requests.length, 2);
      assert.doesNotMatch(JSON.stringify(pce.requests[1]?.path), new RegExp(API_SECRET));
    });
  }
});
