/** An IPv4 address from its 32 bits. */
export function dotted(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** Eight groups of 16 bits as RFC 5952 has them: small letters, no leading zeros, the longest run of zero groups left out. */
export function canonicalIpv6(groups: readonly number[]): string {
  // only what is IPv4 inside IPv6 by its prefix is written with dots
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [upper = 0, lower = 0] = groups.slice(6);
    return `::ffff:${dotted(((upper << 16) | lower) >>> 0)}`;
  }
  const [from, length] = longestZeros(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, from))}::${text(groups.slice(from + length))}`;
}

// the first of the longest runs
function longestZeros(groups: readonly number[]): readonly [from: number, length: number] {
  let best: readonly [number, number] = [0, 0];
  for (let from = 0; from < groups.length; from++) {
    let length = 0;
    while (groups[from + length] === 0) length++;
    if (length > best[1]) best = [from, length];
  }
  return best;
}
