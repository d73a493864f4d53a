import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import type { Connection } from "../../flow-logs/connections";
import type { Findings } from "../findings";
import { bytesText, counted, numberText } from "../quantities";
import { escaped, scriptJson } from "./escaped";
import { factsOf } from "./facts";
import { introText } from "./intro";
import { AddressNumbers, MAX_ROWS, rowsFor } from "./page-rows";
import { pictureOf } from "./picture";
import { talkersOf } from "./talkers";

/** What a page shows. */
export interface Page {
  /** What was read, as it was asked for. */
  readonly options: { readonly words: readonly string[] };
  readonly findings: Findings;
  /** Sorted; looked at several times. */
  readonly connections: Iterable<Connection>;
}

/** One HTML page with everything in it: it asks nothing of any host, and runs no script but its own. */
export function* pageText({ options, findings, connections }: Page): Generator<string, void, undefined> {
  const facts = factsOf(connections);
  const style = readFileSync(join(__dirname, "page.css"), "utf8");
  const script = browserScript();
  yield headText(style, script);
  yield introText(options.words, facts, findings);
  if (facts.connections > 0) {
    const unit = facts.bytes > 0 ? bytesText : (records: number) => counted(records, "record");
    const picture = pictureOf(talkersOf(connections, facts), unit);
    yield `<section><h2>Who talks to whom</h2>\n<div class="picture" tabindex="0">${picture}</div>\n</section>\n`;
  }
  const { connections: shown, leftOut } = rowsFor(connections, facts);
  yield tableText(leftOut);
  yield* dataText(shown);
  yield `<script>${script}</script>\n</body>\n</html>\n`;
}

function browserScript(): string {
  const entryPoints = [join(__dirname, "browser.js")];
  const { outputFiles } = buildSync({ entryPoints, bundle: true, write: false, format: "iife", target: "es2022" });
  return outputFiles[0]?.text ?? "";
}

function headText(style: string, script: string): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
  return [
    "<!DOCTYPE html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    "<title>Flow logs</title>",
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    "",
  ].join("\n");
}

function tableText(leftOut: number): string {
  const note =
    leftOut === 0
      ? ""
      : `<p class="note">The table has the ${numberText(MAX_ROWS)} heaviest connections; ${numberText(leftOut)} others are only counted ` +
        "above. The command's filters choose which.</p>\n";
  return [
    "<section>",
    "<h2>Connections</h2>",
    note +
      '<div class="controls"><input id="filter" type="search" placeholder="Filter: address, port or protocol" aria-label="Filter" ' +
      'autocomplete="off" spellcheck="false"><label><input id="rejected" type="checkbox"> with rejected records</label>' +
      '<output id="count"></output></div>',
    '<div id="scroller" tabindex="0"><table id="table"><thead><tr></tr></thead><tbody></tbody></table></div>',
    '<noscript><p class="note">The table needs JavaScript; everything else on this page does not.</p></noscript>',
    "</section>",
    "",
  ].join("\n");
}

function* dataText(connections: Iterable<Connection>): Generator<string, void, undefined> {
  const numbers = new AddressNumbers();
  yield '<script type="application/json" id="data">{"rows":[';
  let separator = "\n";
  for (const connection of connections) {
    yield separator + scriptJson(numbers.row(connection));
    separator = ",\n";
  }
  yield `],\n"addresses":${scriptJson(numbers.addresses)}}</script>\n`;
}
