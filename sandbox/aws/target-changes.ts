/** What became of the targets of load balancers, and when: the emulator keeps every change with its time. */

/** One change of one target. Source: `emulator/targets.py`. */
export interface TargetChange {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly targetGroupArn: string;
  readonly ip: string;
  readonly port: number;
  /** `gone` = drained after `deregister`, or its group was deleted; `healthy` and `unhealthy` = health checks found so. */
  readonly change: "register" | "healthy" | "unhealthy" | "deregister" | "gone";
}

/** Every change so far, by time. */
export async function readTargetChanges(emulatorUrl: string): Promise<readonly TargetChange[]> {
  const answer = await fetch(new URL("/sandbox/target-changes", emulatorUrl));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The AWS emulator did not tell the changes of targets: status ${answer.status}`);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as TargetChange);
}

/** A stretch of time, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** For how many seconds of the span no target was registered in the group; one that drains is not registered. */
export function secondsWithoutTarget(changes: readonly TargetChange[], targetGroupArn: string, span: Span): number {
  const registered = new Set<string>();
  let empty = 0;
  let last = span.from;
  const passTo = (at: number): void => {
    const now = Math.min(Math.max(at, span.from), span.to);
    if (registered.size === 0) empty += now - last;
    last = now;
  };
  for (const { at, ip, port, change, ...of } of changes) {
    if (of.targetGroupArn !== targetGroupArn) continue;
    passTo(at);
    if (change === "register") registered.add(`${ip} ${port}`);
    if (change === "deregister" || change === "gone") registered.delete(`${ip} ${port}`);
  }
  passTo(span.to);
  return empty / 1000;
}
