import type { Findings } from "../findings";
import { printable } from "../printable";
import { bytesText, counted, numberText } from "../quantities";
import { timeText } from "../time-text";
import { escaped } from "./escaped";
import type { Facts } from "./facts";

/** Names of what was read that there is room for. */
const MAX_NAMES = 8;

/** The top of the page: what was read, what is in it, and what became of the lines. */
export function introText(words: readonly string[], facts: Facts, findings: Findings): string {
  return [
    "<header>",
    "<h1>Flow logs</h1>",
    `<p>${counted(findings.files, "file")} of ${namesText(words)}${periodText(facts)}</p>`,
    "</header>",
    `<dl class="tiles">${tilesOf(facts).join("")}</dl>`,
    `<p class="tally">${tallyText(findings)}</p>`,
    "",
  ].join("\n");
}

function namesText(words: readonly string[]): string {
  const names = words.slice(0, MAX_NAMES).map((word) => `<code>${escaped(printable(word))}</code>`);
  if (words.length > MAX_NAMES) names.push(`${numberText(words.length - MAX_NAMES)} more`);
  return names.join(", ");
}

function periodText({ firstSeen, lastSeen }: Facts): string {
  const from = firstSeen === undefined ? "" : ` from ${timeText(firstSeen)}`;
  const to = lastSeen === undefined ? "" : ` to ${timeText(lastSeen)}`;
  return from === "" && to === "" ? "" : `, seen${from}${to}`;
}

function tilesOf({ connections, clients, servers, bytes, records, rejected }: Facts): readonly string[] {
  const tile = (name: string, value: string) => `<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return [
    tile("connections", numberText(connections)),
    tile("clients", numberText(clients)),
    tile("servers", numberText(servers.size)),
    tile("bytes", bytesText(bytes)),
    tile("records", `${numberText(records)} <small>${numberText(rejected)} rejected</small>`),
  ];
}

function tallyText({ tally, failed }: Findings): string {
  const { lines, records, accepted, rejected, noData, skipData, malformed } = tally;
  const text =
    `Of all files: ${counted(lines, "line")}, ${counted(records, "record")} (${numberText(accepted)} accepted, ` +
    `${numberText(rejected)} rejected), ${numberText(noData)} no data, ${numberText(skipData)} skip data, ` +
    `${numberText(malformed)} malformed.`;
  return failed === 0 ? text : `${text} <strong>${counted(failed, "file")} could not be read.</strong>`;
}
