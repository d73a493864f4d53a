// source: Apache Parquet format, "Run Length Encoding / Bit-Packing Hybrid"
// format: runs, each a varint and then either one value (varint even: its half is how often) or groups of eight values, bit-packed, the
//         lowest bits first (varint odd: its half is how many groups)
// Written here though hyparquet has it: into typed arrays it is several times as fast, and a run that lies about its length ends here.

/** Fills `output` from the bytes at `from` and returns where it ended. @throws RangeError when there are not so many values */
export function readHybrid(
  bytes: Uint8Array,
  from: number,
  bitWidth: number,
  output: Uint8Array | Uint32Array,
): number {
  if (bitWidth > 32) throw new RangeError(`a bit width is 0 to 32, got ${bitWidth}`);
  let at = from;
  let filled = 0;
  while (filled < output.length) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = byteAt(bytes, at++);
      if (shift > 28) throw new RangeError("the length of a run has too many bytes");
      header |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const isPacked = (header & 1) === 1;
    const length = header >>> 1;
    if (length === 0) throw new RangeError("a run of no values");
    if (isPacked) {
      const count = Math.min(length * 8, output.length - filled);
      unpack(bytes, at, bitWidth, output, filled, count);
      filled += count;
      at += length * bitWidth;
    } else {
      let value = 0;
      for (let shift = 0; shift < bitWidth; shift += 8) value |= byteAt(bytes, at++) << shift;
      const end = Math.min(filled + length, output.length);
      output.fill(value >>> 0, filled, end);
      filled = end;
    }
  }
  return at;
}

function unpack(
  bytes: Uint8Array,
  from: number,
  bitWidth: number,
  output: Uint8Array | Uint32Array,
  filled: number,
  count: number,
): void {
  // the last group may be cut short; what it lacks has to be of values that nobody asked for
  if (from + Math.ceil((count * bitWidth) / 8) > bytes.length) throw new RangeError("a run ends before its values do");
  const mask = 2 ** bitWidth - 1;
  let index = 0;
  if (bitWidth <= 17) {
    // three bytes hold any such value, wherever in the first it begins; the next one need not wait for it
    const last = Math.min(count, Math.floor(((bytes.length - from - 3) * 8) / Math.max(1, bitWidth)));
    for (; index < last; index++) {
      const bit = index * bitWidth;
      const at = from + (bit >>> 3);
      const three = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
      output[filled + index] = (three >>> (bit & 7)) & mask;
    }
  }
  for (; index < count; index++) output[filled + index] = bitsAt(bytes, from * 8 + index * bitWidth, bitWidth);
}

// bit by bit: the last values of a page, and places of a dictionary that has more than 131,072
function bitsAt(bytes: Uint8Array, bit: number, bitWidth: number): number {
  let value = 0;
  for (let place = 0; place < bitWidth; place++) {
    const at = bit + place;
    if ((((bytes[at >>> 3] as number) >>> (at & 7)) & 1) === 1) value += 2 ** place;
  }
  return value;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError("runs end before their values do");
  return byte;
}
