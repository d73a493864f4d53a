import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Connection } from "../../flow-logs/connections";
import { escaped, scriptJson } from "../../flows/page/escaped";
import { factsOf } from "../../flows/page/facts";
import { rowsFor } from "../../flows/page/page-rows";
import { addressOrder, chosenRows, type PageData } from "../../flows/page/rows";
import { DEFAULT_HEADER, file, request } from "../support/flow-log-lines";
import { runFlows, temporaryFolder } from "../support/flows-command";

const DEFAULT = DEFAULT_HEADER.split(" ");
const HOSTILE = `"><img src=x onerror='alert(1)'> \u001b[2J<!-- `;

describe("the page of the command flows", () => {
  const { path: folder, remove } = temporaryFolder();
  const pageOf = async (words: readonly string[]) => {
    const run = await runFlows(["--html", "page.html", ...words], { folder });
    return { ...run, page: readFileSync(join(folder, "page.html"), "utf8") };
  };

  before(() => {
    mkdirSync(join(folder, HOSTILE));
    const clients = ["10.0.1.5", "10.0.1.6"].map((srcaddr) => request({ srcaddr }));
    writeFileSync(join(folder, "a.log"), file(DEFAULT, clients));
    writeFileSync(join(folder, HOSTILE, "b.log"), file(DEFAULT, clients));
  });
  after(remove);

  it("has every connection in it, and the command says where it is", async () => {
    const { code, stdout, page } = await pageOf(["a.log"]);
    const [, json = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page) ?? [];

    assert.equal(code, 0);
    assert.match(stdout, /^connections {2}2\n.*\npage {9}\S*page\.html$/ms);
    assert.deepEqual(JSON.parse(json), {
      rows: [
        [0, 1, 5432, 6, 1, 10, 840, 1_620_140_761, 1_620_140_821, 0],
        [2, 1, 5432, 6, 1, 10, 840, 1_620_140_761, 1_620_140_821, 0],
      ],
      addresses: ["10.0.1.5", "10.0.20.7", "10.0.1.6"],
    });
  });

  it("allows no script and no style but its own, and nothing from any host", async () => {
    const { page } = await pageOf(["a.log"]);
    const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const hashOf = (tag: string) => {
      const [, text = ""] = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(page) ?? [];
      return `&#39;sha256-${createHash("sha256").update(text).digest("base64")}&#39;`;
    };

    assert.ok(policy.startsWith("default-src &#39;none&#39;"), policy);
    assert.ok(policy.includes(`style-src ${hashOf("style")};`), policy);
    assert.ok(policy.includes(`script-src ${hashOf("script")};`), policy);
    assert.doesNotMatch(page, /\b(src|href)=|url\(|@import|https?:\/\/(?!www\.w3\.org)/);
  });

  it("shows a hostile name of what was read as text", async () => {
    const { code, page } = await pageOf([HOSTILE]);

    assert.equal(code, 0);
    assert.ok(page.includes("<code>&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt; \\x1b[2J&lt;!-- </code>"));
    assert.ok(!page.includes("<img"));
    assert.ok(!page.includes("\u001b"));
  });

  it("is in its place as a whole, and nothing else is", async () => {
    await pageOf(["a.log"]);

    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes("page")),
      ["page.html"],
    );
  });
});

describe("text in the page", () => {
  it("can end neither an element, nor an attribute, nor a script", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "/", "script", "!--", "a", "\u2028") }),
        (text) => {
          assert.doesNotMatch(escaped(text), /[<>"']/);
          assert.doesNotMatch(scriptJson([text]), /</);
          assert.deepEqual(JSON.parse(scriptJson([text])), [text]);
        },
      ),
    );
  });
});

describe("rows of the page", () => {
  const connection = (client: string, bytes: number): Connection => ({
    ...{ client, server: "10.0.20.7", port: 5432, protocol: 6, records: 1, packets: 1, bytes },
    ...{ firstSeen: undefined, lastSeen: undefined, rejected: 0 },
  });

  it("are the heaviest where there are too many, in their order, and as many as there is room for", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 1 }), fc.integer({ min: 1, max: 10 }), (sizes, max) => {
        const all = sizes.map((bytes, at) => connection(`10.0.0.${at}`, bytes + 1));
        const { connections, leftOut } = rowsFor(all, factsOf(all), max);
        const shown = [...connections];
        const weights = (of: readonly Connection[]) => of.map(({ bytes }) => bytes).sort((a, b) => b - a);

        assert.equal(shown.length + leftOut, all.length);
        assert.deepEqual(weights(shown), weights(all).slice(0, max));
        assert.deepEqual(
          shown,
          all.filter((one) => shown.includes(one)),
        );
      }),
    );
  });

  it("are found by words and sorted by the values of addresses, IPv4 first", () => {
    const addresses = ["2001:db8::1", "10.0.0.10", "10.0.0.9", "::ffff:1.2.3.4", "10.0.20.7"];
    const data: PageData = {
      addresses,
      rows: [0, 1, 2, 3].map((client) => [client, 4, 5432 + client, 6, 1, 1, 1, null, null, client % 2]),
    };
    const clients = (text: string, isRejectedOnly = false, isDescending = false) =>
      chosenRows(data, addressOrder(addresses), { text, isRejectedOnly, column: 0, isDescending }).map(
        ([client]) => addresses[client ?? -1],
      );

    assert.deepEqual(clients(""), ["10.0.0.9", "10.0.0.10", "::ffff:1.2.3.4", "2001:db8::1"]);
    assert.deepEqual(clients("tcp 10.0.0"), ["10.0.0.9", "10.0.0.10"]);
    assert.deepEqual(clients("5433"), ["10.0.0.10"]);
    assert.deepEqual(clients("", true, true), ["::ffff:1.2.3.4", "10.0.0.10"]);
  });
});
