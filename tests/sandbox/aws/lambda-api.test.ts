import assert from "node:assert/strict";
import { type Invoker, type LambdaApi, startLambdaApi } from "../../../sandbox/aws/lambda-api";
import { type InvokeEnd, NotDeployedError } from "../../../sandbox/aws/lambda-functions";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:sync";

describe("Lambda's Invoke API", () => {
  let api: LambdaApi;
  let end: InvokeEnd | Error;
  let events: unknown[];
  beforeEach(async () => {
    events = [];
    end = { outcome: "success", answer: { moved: 1 } };
    const invoker: Invoker = {
      settled: async () => void events.push("settled"),
      nameOf: (nameOrArn) => (["sync", ARN].includes(nameOrArn) ? "sync" : undefined),
      invoke: async (name, event) => {
        events.push({ name, event });
        if (end instanceof Error) throw end;
        return end;
      },
      invokeAsync: (name, event) => {
        events.push({ later: name, event });
        return "id-of-the-event";
      },
    };
    api = await startLambdaApi(invoker);
  });
  afterEach(() => api.close());

  const post = async (body: string, { name = "sync", type }: { name?: string; type?: string } = {}) => {
    const answer = await fetch(`${api.url}/2015-03-31/functions/${name}/invocations`, {
      method: "POST",
      body,
      headers: { ...(type !== undefined && { "x-amz-invocation-type": type }) },
    });
    const text = await answer.text();
    const kind = answer.headers.get("x-amzn-errortype");
    return { answer, status: answer.status, kind, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  };

  it("answers what the function returned, after taking up what was deployed so far", async () => {
    const { answer, status, body } = await post('{"trigger":"deploy"}');

    assert.deepEqual([status, body], [200, { moved: 1 }]);
    assert.equal(answer.headers.get("x-amz-executed-version"), "$LATEST");
    assert.equal(answer.headers.get("x-amz-function-error"), null);
    assert.deepEqual(events, ["settled", { name: "sync", event: { trigger: "deploy" } }]);
  });

  const names = { "an ARN": ARN, "a partial ARN": "123456789012:function:sync" };
  for (const [what, name] of Object.entries(names)) {
    it(`takes ${what} for a name`, async () => {
      assert.equal((await post("{}", { name: encodeURIComponent(name) })).status, 200);
    });
  }

  it("takes an empty body for an empty event, and answers null for nothing", async () => {
    end = { outcome: "success", answer: undefined };

    assert.deepEqual((await post("")).body, null);
    assert.deepEqual(events.at(-1), { name: "sync", event: {} });
  });

  it("says that the function failed in a header, and how in the body", async () => {
    const error = { errorType: "RangeError", errorMessage: "too far", trace: ["RangeError: too far"] };
    end = { outcome: "error", reason: "RangeError: too far", error };

    const { answer, status, body } = await post("{}");

    assert.equal(status, 200);
    assert.equal(answer.headers.get("x-amz-function-error"), "Unhandled");
    assert.deepEqual(body, error);
  });

  it("takes an event for later with 202 and its request id", async () => {
    const { answer, status, body } = await post('{"a":1}', { type: "Event" });

    assert.deepEqual([status, body], [202, undefined]);
    assert.equal(answer.headers.get("x-amzn-requestid"), "id-of-the-event");
    assert.deepEqual(events.at(-1), { later: "sync", event: { a: 1 } });
  });

  const REFUSED: readonly (readonly [string, string, { name?: string; type?: string }, number, string])[] = [
    ["a function that is not there", "{}", { name: "other" }, 404, "ResourceNotFoundException"],
    [
      "an event for a function that is not there",
      "{}",
      { name: "other", type: "Event" },
      404,
      "ResourceNotFoundException",
    ],
    ["a body that is not JSON", "{", {}, 400, "InvalidRequestContentException"],
    ["an invocation type that it does not play", "{}", { type: "DryRun" }, 400, "InvalidParameterValueException"],
    ["an event over 1 MB", `"${"a".repeat(1024 * 1024)}"`, { type: "Event" }, 413, "RequestTooLargeException"],
  ];
  for (const [what, body, more, status, kind] of REFUSED) {
    it(`refuses ${what} with ${status}`, async () => {
      const refused = await post(body, more);

      assert.deepEqual([refused.status, refused.kind], [status, kind]);
      assert.deepEqual(
        events.filter((each) => each !== "settled"),
        [],
      );
    });
  }

  it("takes a synchronous body of more than 1 MB", async () => {
    assert.equal((await post(`"${"a".repeat(1024 * 1024)}"`)).status, 200);
  });

  it("answers 429 when as many run as are reserved", async () => {
    end = { outcome: "throttled", reason: "1 of 1 reserved invocations run" };

    const { status, kind, body } = await post("{}");

    assert.deepEqual([status, kind], [429, "TooManyRequestsException"]);
    assert.equal((body as { Reason: string }).Reason, "ReservedFunctionConcurrentInvocationLimitExceeded");
  });

  it("answers 404 when the function went meanwhile, and 403 when its role is not Lambda's", async () => {
    end = new NotDeployedError("sync", []);
    assert.equal((await post("{}")).status, 404);
    end = new Error("Lambda can not run sync under its role");

    const { status, kind, body } = await post("{}");

    assert.deepEqual([status, kind], [403, "AccessDeniedException"]);
    assert.match((body as { message: string }).message, /can not run sync/);
  });

  it("knows no other operation", async () => {
    assert.equal((await fetch(`${api.url}/2015-03-31/functions/sync`)).status, 404);
    assert.equal((await fetch(`${api.url}/2015-03-31/functions/sync/invocations`)).status, 404);
  });

  it("closes twice without harm", async () => {
    await api.close();
    await api.close();

    await assert.rejects(fetch(api.url));
  });
});
