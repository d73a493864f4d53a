const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

// once: to make one costs more than to use it
const NUMBERS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A whole number with commas: 1,234,567. */
export function numberText(value: number): string {
  return NUMBERS.format(value);
}

/** Bytes in decimal units, three digits of them: 999 B, 1.23 MB, 45.6 GB. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999,500 has three digits in the next unit, and would have four in its own
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** `1 file`, `2 files`, `1,000 files`. */
export function counted(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? "" : "s"}`;
}
