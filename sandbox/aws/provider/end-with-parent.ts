/** Ends this process when the one that started it is gone: its end of our standard input closes then, even after a SIGKILL. */
export function endWithParent(): void {
  process.stdin.once("end", () => process.exit(0)).resume();
}
