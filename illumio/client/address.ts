import ipaddr from "ipaddr.js";

/** The one way to write an IP address that compares equal to itself; text that is none stays as it is. */
export function canonicalAddress(text: string): string {
  return ipaddr.isValid(text) ? ipaddr.parse(text).toString() : text;
}
