// What became of the lines that needed nobody's attention.

export let lines: u32 = 0;
export let blanks: u32 = 0;
export let accepted: u32 = 0;
export let rejected: u32 = 0;
export let noData: u32 = 0;
export let skipData: u32 = 0;

export function countLine(): void {
  lines++;
}
export function countBlank(): void {
  blanks++;
}
export function countNoData(): void {
  noData++;
}
export function countSkipData(): void {
  skipData++;
}
export function countRecord(isRejected: bool): void {
  if (isRejected) rejected++;
  else accepted++;
}

/** Counts from 0 again. */
export function clearTally(): void {
  lines = 0;
  blanks = 0;
  accepted = 0;
  rejected = 0;
  noData = 0;
  skipData = 0;
}
