/** Reads what a function answered to an SQS batch, as Lambda's event-source mapping does. Pure. */

/** The messages that stay in the queue, and why. */
export interface BatchVerdict {
  readonly failed: ReadonlySet<string>;
  /** Absent = the answer was understood. Present = the whole batch failed because of the answer's shape. */
  readonly invalid?: string;
}

/**
 * Without `ReportBatchItemFailures` an answer is ignored and every message succeeded. With it, an empty or null answer or list is
 * success; anything else that is not a list of known, non-empty `itemIdentifier`s fails the whole batch.
 * Source: Lambda developer guide, "Implementing partial batch responses", success and failure conditions.
 */
export function batchVerdict(answer: unknown, messageIds: readonly string[], reportsFailures: boolean): BatchVerdict {
  const none: ReadonlySet<string> = new Set();
  if (!reportsFailures || answer === undefined || answer === null) return { failed: none };

  const all = (invalid: string): BatchVerdict => ({ failed: new Set(messageIds), invalid });
  if (typeof answer !== "object" || Array.isArray(answer))
    return all(`the answer is not an object but ${kind(answer)}`);
  const { batchItemFailures } = answer as { batchItemFailures?: unknown };
  if (batchItemFailures === undefined || batchItemFailures === null) return { failed: none };
  if (!Array.isArray(batchItemFailures)) return all(`batchItemFailures is not a list but ${kind(batchItemFailures)}`);

  const failed = new Set<string>();
  for (const item of batchItemFailures as readonly unknown[]) {
    const id = (item as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof id !== "string" || id === "") return all("an itemIdentifier is missing, empty or not a string");
    if (!messageIds.includes(id)) return all(`itemIdentifier ${id} is not a message of the batch`);
    failed.add(id);
  }
  return { failed };
}

const kind = (value: unknown): string => (Array.isArray(value) ? "a list" : `a ${typeof value}`);
