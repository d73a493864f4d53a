/** Why a run was started. */
export type Trigger =
  /** An event or the schedule: all that has happened until `at`, in milliseconds since the epoch, is to be in the PCE. */
  | { readonly kind: "event"; readonly at: number }
  /** A deployment, or somebody by hand: now. */
  | { readonly kind: "request" }
  /** The sync is taken away: its workloads go. */
  | { readonly kind: "removal" };

// source:  EventBridge's events have `time`, RFC 3339 in UTC; an Invocation of the AWS provider with the lifecycle scope CRUD has `tf`
// example: {"source":"aws.ec2","time":"2026-01-02T03:04:05Z",...}, {"trigger":"deploy","tf":{"action":"delete","prev_input":{...}}}
/** What an event asks for. An event that is not understood asks for a run, which is never wrong. */
export function readTrigger(event: unknown): Trigger {
  const { time, trigger, tf } = fieldsOf(event);
  // both: what else may send an event can't ask for a removal by mistake
  if (trigger === "deploy" && fieldsOf(tf)["action"] === "delete") return { kind: "removal" };
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? { kind: "request" } : { kind: "event", at };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
