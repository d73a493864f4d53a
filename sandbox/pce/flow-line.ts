import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

const COLUMNS = 4;
const MAX_PORT = 65_535;
const MAX_PROTOCOL = 255;

/**
 * Reads one line of a bulk traffic upload and returns the flow in one spelling (`src,dst,port,protocol`, IPv6 as in
 * RFC 5952), or `undefined` when the PCE would count the line as failed.
 *
 * source:  Illumio Core 22.2 REST APIs, "Bulk Traffic Loader"
 * format:  <src ip>,<dst ip>,<dst port>,<IANA protocol number>
 * example: 10.0.1.20,10.0.64.10,5432,6
 *
 * Which lines a real PCE fails is not documented. These are the ones that cannot mean anything: another number of
 * columns, an address that is none, a port above 65535, a protocol above 255. Unknown addresses are taken.
 */
export function readFlowLine(line: string): string | undefined {
  const columns = line.split(",");
  if (columns.length !== COLUMNS) return undefined;
  const [source = "", destination = "", port = "", protocol = ""] = columns;

  const client = canonicalAddress(source);
  const server = canonicalAddress(destination);
  if (client === undefined || server === undefined) return undefined;
  if (!isWholeNumber(port, MAX_PORT) || !isWholeNumber(protocol, MAX_PROTOCOL)) return undefined;
  return `${client},${server},${Number(port)},${Number(protocol)}`;
}

function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  // a zone ("fe80::1%eth0") means something on one host only
  if (!isIPv6(text) || text.includes("%")) return undefined;
  return ipaddr.parse(text).toString();
}

function isWholeNumber(text: string, max: number): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= max;
}

/** The lines of an upload. Windows line ends and one newline at the end are fine; an empty body has no lines. */
export function splitFlowLines(body: string): string[] {
  if (body === "") return [];
  const lines = body.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
