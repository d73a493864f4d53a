import { type AddressRange, isCovered, parseRange } from "./address-ranges";

// The addresses that networks have of their own (RFC 1918, RFC 6598, RFC 4193). A database without a public address is reached from no
// others: to let them in would only widen what a mistake elsewhere opens
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"].flatMap(
  (text) => parseRange(text) ?? [],
);

/** Whether all of the range is private: only then may it become a rule. */
export function isPrivate(range: AddressRange): boolean {
  return PRIVATE.some((network) => isCovered(range, [network]));
}
