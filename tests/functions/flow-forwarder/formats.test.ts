import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describeFormats } from "../../../functions/flow-forwarder/formats";

const page = (
  formats: readonly string[],
  token = "",
): string => `<?xml version="1.0"?><DescribeFlowLogsResponse><requestId>r</requestId>
<flowLogSet>${formats.map((format) => `<item><flowLogId>fl-1</flowLogId><logFormat>${format}</logFormat></item>`).join("")}</flowLogSet>
${token && `<nextToken>${token}</nextToken>`}</DescribeFlowLogsResponse>`;

const inAws = (...fields: readonly string[]): string => fields.map((field) => `\${${field}}`).join(" ");

describe("the formats of the flow logs that write into a log group", () => {
  const before = { ...process.env };
  after(() => {
    for (const name of ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  it("are what EC2 says, page by page, each once", async () => {
    const asked: URLSearchParams[] = [];
    const server = createServer((incoming, outgoing) => {
      let body = "";
      incoming.on("data", (chunk) => {
        body += String(chunk);
      });
      incoming.on("end", () => {
        const parameters = new URLSearchParams(body);
        asked.push(parameters);
        const isSecond = parameters.has("NextToken");
        const formats = isSecond
          ? [inAws("version", "dstaddr"), "odd"]
          : [inAws("version", "srcaddr"), inAws("version", "srcaddr")];
        outgoing.writeHead(200, { "content-type": "text/xml" }).end(page(formats, isSecond ? "" : "more"));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env["AWS_ENDPOINT_URL"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, { AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" });
    try {
      const formats = await describeFormats("/sightline/flows")(new AbortController().signal);

      assert.deepEqual(formats, [
        ["version", "srcaddr"],
        ["version", "dstaddr"],
      ]);
      assert.equal(asked[0]?.get("Action"), "DescribeFlowLogs");
      assert.equal(asked[0]?.get("Filter.1.Name"), "log-group-name");
      assert.equal(asked[0]?.get("Filter.1.Value.1"), "/sightline/flows");
      assert.equal(asked[1]?.get("NextToken"), "more");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
