/** Why a run was started: by the schedule or anything else, by a deployment, or because the rules are to go. */
export type Trigger = "look" | "deployment" | "take-back";

// source:  the AWS provider's aws_lambda_invocation with lifecycle_scope CRUD
// example: {"code":"...","tf":{"action":"delete","prev_input":{"code":"..."}}}
/** What an event asks for. One that is not understood asks for a look, which is never wrong. */
export function readTrigger(event: unknown): Trigger {
  const { action } = fieldsOf(fieldsOf(event)["tf"]);
  if (action === "delete") return "take-back";
  return action === "create" || action === "update" ? "deployment" : "look";
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
