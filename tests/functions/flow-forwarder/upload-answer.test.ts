import assert from "node:assert/strict";
import { readUpload } from "../../../functions/flow-forwarder/upload-answer";

const ANSWERS = [
  {
    what: "all taken",
    body: '{"num_flows_received":68,"num_flows_failed":0,"failed_flows":[]}',
    accepted: 68,
    refused: 0,
  },
  {
    what: "some failed, counted as received",
    body: '{"num_flows_received":68,"num_flows_failed":8}',
    accepted: 60,
    refused: 8,
  },
  {
    what: "some failed, not counted as received",
    body: '{"num_flows_received":60,"num_flows_failed":8}',
    accepted: 60,
    refused: 8,
  },
  {
    what: "some not counted at all",
    body: '{"num_flows_received":50,"num_flows_failed":0}',
    accepted: 50,
    refused: 18,
  },
  {
    what: "more failed than were sent",
    body: '{"num_flows_received":0,"num_flows_failed":999}',
    accepted: 0,
    refused: 68,
  },
  { what: "no counters", body: "{}", accepted: 68, refused: 0 },
  {
    what: "counters that are no numbers",
    body: '{"num_flows_received":"68","num_flows_failed":-1}',
    accepted: 68,
    refused: 0,
  },
  { what: "a list", body: "[]", accepted: 68, refused: 0 },
  { what: "no body", body: "", accepted: 68, refused: 0 },
];

describe("upload answer", () => {
  for (const { what, body, accepted, refused } of ANSWERS) {
    it(`with ${what}: ${accepted} accepted, ${refused} refused`, () => {
      assert.deepEqual(readUpload(body, 68, "r-1"), { accepted, refused, requestId: "r-1" });
    });
  }

  it("that is not JSON is no PCE's, and delivers nothing", () => {
    assert.equal(readUpload("<html>Sign in</html>", 68, undefined), undefined);
  });
});
