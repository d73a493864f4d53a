import type { Findings } from "./findings";
import { printable } from "./printable";
import { counted, numberText } from "./quantities";

/** What became of the lines, for people, and where the page is. */
export function summaryText({ files, tally }: Findings, connections: number, page?: string): string {
  const { lines, headers, blanks, records, accepted, rejected, noData, skipData, malformed } = tally;
  const rows: readonly (readonly [string, string])[] = [
    ["connections", numberText(connections)],
    ["files", numberText(files)],
    ["lines", `${numberText(lines)}, of them ${counted(headers, "header")} and ${counted(blanks, "blank")}`],
    ["records", `${numberText(records)}: ${numberText(accepted)} accepted, ${numberText(rejected)} rejected`],
    ["no data", numberText(noData)],
    ["skip data", skipData === 0 ? "0" : `${numberText(skipData)}: each stands for flows that AWS did not record`],
    ["malformed", numberText(malformed)],
    ...(page === undefined ? [] : [["page", printable(page)] as const]),
  ];
  return `${rows.map(([name, value]) => `${name.padEnd(11)}  ${value}`).join("\n")}\n`;
}

/** What could not be read, for people; empty when there is nothing of it. */
export function problemsText({ tally, malformedLines, failed, failures }: Findings): string {
  const text: string[] = [];
  if (tally.malformed > 0) {
    text.push(`${counted(tally.malformed, "malformed line")}:`);
    for (const { file, line, reason } of malformedLines) text.push(`  ${printable(file)}, line ${line}: ${reason}`);
    text.push(...more(tally.malformed - malformedLines.length));
  }
  if (failed > 0) {
    text.push(`${counted(failed, "failure")}:`);
    for (const { file, reason } of failures) text.push(`  ${printable(file)}: ${printable(reason)}`);
    text.push(...more(failed - failures.length));
  }
  return text.map((line) => `${line}\n`).join("");
}

function more(count: number): string[] {
  return count > 0 ? [`  ... and ${numberText(count)} more`] : [];
}
