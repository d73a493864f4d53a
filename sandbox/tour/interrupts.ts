const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What Ctrl-C means: the end of the tour, unless somebody waits for it. */
export interface Interrupts {
  /** Aborted by an interrupt that nobody waited for. */
  readonly signal: AbortSignal;
  /** Resolves at the next interrupt, which then ends nothing else. */
  readonly next: () => Promise<void>;
  /** Gives the signals back to Node. */
  readonly release: () => void;
}

/** Listens to SIGINT, SIGTERM and SIGHUP. */
export function listenToInterrupts(): Interrupts {
  const stop = new AbortController();
  let waiting: (() => void) | undefined;
  const interrupted = () => {
    if (waiting) waiting();
    else stop.abort(new Error("interrupted"));
    waiting = undefined;
  };
  for (const name of SIGNALS) process.on(name, interrupted);

  return {
    signal: stop.signal,
    next: () =>
      new Promise((resolve) => {
        waiting = resolve;
      }),
    release: () => {
      for (const name of SIGNALS) process.off(name, interrupted);
    },
  };
}
