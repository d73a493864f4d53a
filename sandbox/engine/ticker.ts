/** Told how far something is; the text is ready to be shown and replaces the one before it. */
export type Ticker = (text: string) => void;

/** Calls `tick` now and every second with the seconds since, until the returned function is called. */
export function everySecond(tick: (seconds: number) => void): () => void {
  const start = Date.now();
  const tickNow = () => tick(Math.round((Date.now() - start) / 1000));
  tickNow();
  const timer = setInterval(tickNow, 1_000);

  return () => clearInterval(timer);
}
