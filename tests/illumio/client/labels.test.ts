import assert from "node:assert/strict";
import { inspect } from "node:util";
import { InvalidRequestError, RejectedError } from "../../../illumio/client/pce-errors";
import { API_SECRET, json, NO_CONTENT, scriptedClients } from "../../support/pce-objects";

const APP = { href: "/orgs/1/labels/7", key: "app", value: "APP", deleted: false, created_by: { href: "/users/1" } };
const LABEL = { href: "/orgs/1/labels/7", key: "app", value: "APP" };
const LIKE_APP = [
  { ...APP, href: "/orgs/1/labels/5", value: "WEB-APP" },
  { ...APP, href: "/orgs/1/labels/6", value: "WEBAPP" },
];
const REFUSED = json([{ token: "input_validation_error", message: "Label already exists" }], 406, {
  "request-id": "r-1",
});

describe("labels", () => {
  const given = scriptedClients();

  it("are found exactly, though the PCE finds every value that contains the one asked for", async () => {
    const { labels, asked } = await given([json([...LIKE_APP, APP])]);

    assert.deepEqual(await labels.find("app", "APP"), LABEL);
    assert.deepEqual(asked(), ["GET /labels?key=app&value=APP&max_results=500"]);
  });

  it("are not found when only others contain the value, or the one that is there is deleted", async () => {
    const { labels } = await given([json([...LIKE_APP, { ...APP, deleted: true }])]);

    assert.equal(await labels.find("app", "APP"), undefined);
  });

  it("are found by external reference, exactly", async () => {
    const wanted = { external_data_set: "s", external_data_reference: "r" };
    const { labels } = await given([
      json([
        { ...APP, ...wanted, external_data_reference: "r2" },
        { ...APP, ...wanted },
      ]),
    ]);

    const found = await labels.findByReference({ externalDataSet: "s", externalDataReference: "r" });

    assert.deepEqual(found, { ...LABEL, externalDataSet: "s", externalDataReference: "r" });
  });

  it("are created with what is given, and no nulls", async () => {
    const { labels, sent, pce } = await given([json(APP, 201)]);

    assert.deepEqual(await labels.create({ key: "app", value: "APP", externalDataSet: "s" }), LABEL);
    assert.deepEqual(sent("POST"), { key: "app", value: "APP", external_data_set: "s" });
    assert.equal(pce.requests[0]?.headers["content-type"], "application/json");
  });

  it("are adopted when the PCE refuses one that exists, by whatever token", async () => {
    const { labels } = await given([REFUSED, json([...LIKE_APP, APP])]);

    assert.deepEqual(await labels.create({ key: "app", value: "APP" }), LABEL);
  });

  it("say why the PCE refuses one that does not exist", async () => {
    const { labels } = await given([REFUSED, json(LIKE_APP)]);

    await assert.rejects(labels.create({ key: "app", value: "APP" }), (error) => {
      assert.ok(error instanceof RejectedError);
      assert.deepEqual([error.status, error.tokens, error.requestId], [406, ["input_validation_error"], "r-1"]);
      assert.equal(
        error.message,
        "the PCE answered 406 (input_validation_error: Label already exists) to the creation of the label app=APP: " +
          "a field has a value that this PCE's version does not allow; correct it [Request-ID r-1]",
      );
      return true;
    });
  });

  for (const lost of [{ reset: "before-answer" }, { reset: "mid-body" }, { status: 502, body: "<html>" }] as const) {
    it(`are created once when the answer is lost: ${inspect(lost)}`, async () => {
      const { labels, asked } = await given([lost, json([APP])]);

      assert.deepEqual(await labels.create({ key: "app", value: "APP" }), LABEL);
      assert.deepEqual(asked(), ["POST /labels", "GET /labels?key=app&value=APP&max_results=500"]);
    });
  }

  it("are created when the answer of success does not say what it made", async () => {
    const { labels } = await given([{ status: 201, body: "" }, json([APP])]);

    assert.deepEqual(await labels.create({ key: "app", value: "APP" }), LABEL);
  });

  it("are created after all when the lost request was not carried out", async () => {
    const { labels, asked } = await given([{ status: 503 }, json([]), json(APP, 201)]);

    assert.deepEqual(await labels.create({ key: "app", value: "APP" }), LABEL);
    assert.equal(asked().at(-1), "POST /labels");
  });

  it("are not looked for after a 429, which carries nothing out", async () => {
    const { labels, asked, waits } = await given([
      json([{ token: "too_many_requests_error" }], 429, { "retry-after": "3" }),
      json(APP, 201),
    ]);

    await labels.create({ key: "app", value: "APP" });

    assert.deepEqual(asked(), ["POST /labels", "POST /labels"]);
    assert.deepEqual(waits, [3_250]);
  });

  it("are changed field by field", async () => {
    const { labels, sent } = await given([NO_CONTENT]);

    await labels.update(LABEL.href, { value: "SHOP" });

    assert.deepEqual(sent("PUT"), { value: "SHOP" });
  });

  const GONE = [
    json({ token: "label_already_deleted", message: "Cannot delete a label that has already been deleted" }, 406),
    json([{ token: "not_found_error", message: "Not found" }], 404),
    { status: 404, body: "" },
  ];
  for (const answer of [NO_CONTENT, ...GONE]) {
    it(`are deleted when the PCE answers ${answer.status} ${answer.body}`, async () => {
      const { labels } = await given([answer]);

      await labels.delete(LABEL.href);
    });
  }

  it("are not deleted because a proxy knows no such page", async () => {
    const { labels } = await given([{ status: 404, body: "<html>no such page</html>" }]);

    await assert.rejects(labels.delete(LABEL.href), { name: "RejectedError", status: 404 });
  });

  it("are not deleted while they are in use", async () => {
    const { labels } = await given([json([{ token: "label_in_use", message: "Label is in use" }], 406)]);

    await assert.rejects(
      labels.delete(LABEL.href),
      /406 \(label_in_use: Label is in use\) to the deletion of the label/,
    );
  });

  it("are undefined when they are gone, and otherwise as the PCE has them", async () => {
    const { labels } = await given([json(APP), json({ ...APP, deleted: true }), json([], 404)]);

    assert.deepEqual(await labels.get(LABEL.href), LABEL);
    assert.equal(await labels.get(LABEL.href), undefined);
    assert.equal(await labels.get(LABEL.href), undefined);
  });

  it("ask nothing for what no PCE takes", async () => {
    const { labels, asked } = await given([]);

    await assert.rejects(labels.create({ key: "env", value: "All Environments" }), InvalidRequestError);
    await assert.rejects(labels.create({ key: "", value: "x" }), /must have 1 to 64 characters, got 0/);
    await assert.rejects(labels.update("/orgs/1/workloads/7", { value: "x" }), /must look like \/orgs\/1\/labels\/14/);
    await assert.rejects(labels.delete("/orgs/2/labels/7"), /got "\/orgs\/2\/labels\/7"/);

    assert.deepEqual(asked(), []);
  });

  it("say 'is this a PCE?' of an answer that is JSON, but not a PCE's", async () => {
    const { labels } = await given([json({ ok: true }), json([[]])]);

    await assert.rejects(labels.find("app", "APP"), /must be an array, got object; is this a PCE\?/);
    await assert.rejects(labels.find("app", "APP"), /must have an object for a label, got an array/);
  });

  it("show the secret in no error, though the PCE repeats it", async () => {
    const header = Buffer.from(`api_1a2b:${API_SECRET}`).toString("base64");
    const { labels } = await given([json([{ token: "x", message: `got ${API_SECRET} in ${header}` }], 400)]);

    const error = await labels.list().catch((failure: unknown) => failure);

    const shown = `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}`;
    assert.match(shown, /got \[secret\] in \[secret\]/);
    assert.doesNotMatch(shown, new RegExp(`${API_SECRET}|${header}`));
  });
});
