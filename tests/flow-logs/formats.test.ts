import assert from "node:assert/strict";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import { fieldsOfFormat, isHeader, TRANSIT_GATEWAY_FORMATS, VPC_FIELDS } from "../../flow-logs/formats";
import { arrows, DEFAULT_HEADER, decode, decodeWith, file, request } from "../support/flow-log-lines";

const DEFAULT = DEFAULT_HEADER.split(" ");
const EVERY_FIELD = Object.values(VPC_FIELDS).flat();
/** A value as AWS writes it for the fields that no connection is made of. */
const OTHERS = {
  "instance-tag": "a%20b%25",
  "interface-tag-2": "na%C3%AFve",
  "encryption-status": "3",
  "reject-reason": "-",
  "ecs-cluster-arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/c",
  "next-hop-interface-type": "nat_gateway",
};

const TRANSIT = {
  ...request(),
  version: "6",
  "resource-type": "TransitGateway",
  "tgw-id": "tgw-0a1b",
  "tgw-attachment-id": "tgw-attach-0c2d",
};

describe("formats of flow logs", () => {
  it("may have every field of versions 2 to 11, in alphabetical order too; tags stay as they are, percent signs and all", () => {
    for (const columns of [EVERY_FIELD, EVERY_FIELD.toSorted(), EVERY_FIELD.toReversed()]) {
      const log = decode(file(columns, [request(OTHERS), { "log-status": "NODATA" }]));

      assert.deepEqual(arrows(log), ["10.0.1.5>10.0.20.7:5432/6"]);
      assert.deepEqual([log.tally.malformed, log.tally.noData, log.tally.headers], [0, 1, 1]);
    }
  });

  it("may be underscored, as some exports are", () => {
    const text = file(EVERY_FIELD, [request()]);

    assert.deepEqual(arrows(decode(text.replace(/^.*\n/, (header) => header.replaceAll("-", "_")))), [
      "10.0.1.5>10.0.20.7:5432/6",
    ]);
  });

  for (const [at, columns] of TRANSIT_GATEWAY_FORMATS.entries()) {
    it(`are those of transit gateways without a header, too: ${columns.length} fields (${at + 1})`, () => {
      const log = decode(file(columns, [TRANSIT]).replace(/^.*\n/, ""));

      assert.deepEqual(arrows(log), ["10.0.1.5>10.0.20.7:5432/6"]);
      assert.deepEqual([log.tally.accepted, log.tally.rejected], [1, 0]);
    });
  }

  it("may be mixed line by line, VPC's and transit gateways', without a header and after one", () => {
    const [columns = []] = TRANSIT_GATEWAY_FORMATS;
    const rows = (srcaddr: string) => [
      file(DEFAULT, [request({ srcaddr })]).split("\n")[1],
      file(columns, [{ ...TRANSIT, srcaddr: srcaddr.replace(/\d+$/, "99") }]).split("\n")[1],
    ];
    const mixed = [...rows("10.0.1.1"), ...rows("10.0.2.1"), ...rows("10.0.3.1")].join("\n");

    for (const text of [mixed, `${DEFAULT_HEADER}\n${mixed}`, `${columns.join(" ")}\n${mixed}`]) {
      const log = decode(text);

      assert.equal(log.connections.length, 6);
      assert.equal(log.tally.malformed, 0);
    }
  });

  it("may be mixed as several headers have named them", () => {
    const wide = [...DEFAULT, "vpc-id"];
    const [, one = ""] = file(DEFAULT, [request({ srcaddr: "10.0.1.1" })]).split("\n");
    const [, other = ""] = file(wide, [request({ srcaddr: "10.0.1.2" })]).split("\n");

    const log = decode([DEFAULT_HEADER, wide.join(" "), one, other, one].join("\n"));

    assert.deepEqual([log.tally.headers, log.tally.records, log.tally.malformed], [2, 3, 0]);
  });

  it("are told apart by what is in the lines when they are equally long", () => {
    const reversed = DEFAULT.toReversed();
    const decoder = new FlowLogDecoder({ servicePorts: [5432] });
    decoder.learnFormat(reversed);
    const line = (columns: readonly string[], srcaddr: string) => file(columns, [request({ srcaddr })]).split("\n")[1];
    const text = [line(reversed, "10.0.1.1"), line(DEFAULT, "10.0.1.2"), line(reversed, "10.0.1.3"), "a".repeat(9)];

    const log = decodeWith(decoder, text.join("\n"));

    assert.deepEqual(
      log.connections.map(({ client }) => client),
      ["10.0.1.1", "10.0.1.2", "10.0.1.3"],
    );
    assert.equal(log.tally.malformed, 1);
  });

  it("are forgotten with the file whose header named them, and kept when they were learned", () => {
    const wide = [...DEFAULT, "vpc-id"];
    const decoder = new FlowLogDecoder({ servicePorts: [5432] });
    const [, line = ""] = file(wide, [request()]).split("\n");
    decodeWith(decoder, file(wide, [request()]));
    assert.equal(decodeWith(decoder, line).tally.malformed, 1);

    decoder.learnFormat(wide);

    assert.equal(decodeWith(decoder, line).tally.malformed, 0);
  });

  it("tell by the interface, or the attachment, where records were lost", () => {
    const lost = (id: string) => ({ "interface-id": id, "tgw-attachment-id": id, "log-status": "SKIPDATA" });
    const [transit = []] = TRANSIT_GATEWAY_FORMATS;
    for (const columns of [DEFAULT, transit]) {
      const { skipDataByInterface, tally } = decode(file(columns, [lost("x-1"), lost("x-2"), lost("x-1")]));

      assert.deepEqual(
        [...skipDataByInterface],
        [
          ["x-1", 2],
          ["x-2", 1],
        ],
      );
      assert.equal(tally.skipData, 3);
    }
  });

  it("tell of a thousand interfaces at most, and of all others together", () => {
    const rows = Array.from({ length: 1_200 }, (_, at) => ({ "interface-id": `eni-${at}`, "log-status": "SKIPDATA" }));

    const { skipDataByInterface } = decode(file(DEFAULT, rows));

    assert.equal(skipDataByInterface.size, 1_001);
    assert.equal(skipDataByInterface.get("-"), 200);
  });
});

describe("a header", () => {
  it("is small words with a known field among them", () => {
    assert.ok(isHeader(["srcaddr", "made-up-in-2031"]));
    assert.ok(!isHeader(["made-up", "in-2031"]));
    assert.ok(!isHeader(["srcaddr", "10.0.0.1"]));
  });
});

describe("the format of a flow log in AWS's words", () => {
  it("is its fields in order", () => {
    assert.deepEqual(
      fieldsOfFormat(["version", "srcaddr", "", "pkt-dst-aws-service"].map((name) => name && `\${${name}}`).join(" ")),
      ["version", "srcaddr", "pkt-dst-aws-service"],
    );
  });

  it("is none in anything else", () => {
    for (const text of ["", "version", `\${version`, `\${a b}`, `\${version} x`])
      assert.equal(fieldsOfFormat(text), undefined);
  });
});
