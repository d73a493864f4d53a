/** Whether a client gets through a load balancer: the emulator judges its whole path, where health checks judge the second half. */

/** Who wants to get where. */
export interface ClientOfGroup {
  /** The client's address, as the load balancer sees it. */
  readonly from: string;
  readonly targetGroupArn: string;
}

/** Gets through to each healthy target of the group, or stops at the first thing in its way; `stop` is a sentence that names it. */
export type ClientPath = { readonly getsThrough: true } | { readonly getsThrough: false; readonly stop: string };

/**
 * Follows a client's connection to the target group, as things stand now: listener, route (of a public load balancer), security groups
 * and network ACLs of both sides, replies included, and the address that the target sees. A load balancer of an endpoint service is
 * judged for clients of its endpoints. Throws when the address is none or the group is not there. Source: `emulator/client_path.py`.
 */
export async function readClientPath(
  emulatorUrl: string,
  { from, targetGroupArn }: ClientOfGroup,
): Promise<ClientPath> {
  const url = new URL("/sandbox/client-path", emulatorUrl);
  url.search = new URLSearchParams({ from, targetGroupArn }).toString();
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The AWS emulator did not follow a client: status ${answer.status}, ${text}`);
  const { stop } = JSON.parse(text) as { readonly stop: string | null };
  return stop === null ? { getsThrough: true } : { getsThrough: false, stop };
}
