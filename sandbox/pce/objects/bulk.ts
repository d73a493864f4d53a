import { setTimeout as wait } from "node:timers/promises";
import { Refused } from "../answer";
import { inputValidation } from "../refusals";
import type { Route } from "../router";
import type { World } from "../world";
import { readJson } from "./json-body";

const MAX_ITEMS = 1000;

/** One bulk operation of a collection. */
export interface Bulk {
  readonly path: string;
  readonly does: "created" | "updated" | "deleted";
  /** Does it with one item and returns the item's href; throws a `Refused` when it cannot. */
  apply(item: unknown): string;
}

/** Whether a bulk operation is going on; a PCE does one at a time, whatever the collection. */
export class BulkTurn {
  busy = false;
}

/**
 * PUT of many items: at most 1,000, one operation at a time, and what is wrong with one item in that item's place.
 *
 * example: 200 [{"href":"/orgs/1/workloads/1f","status":"created"},{"status":"failed","token":"invalid_uri","message":"Invalid URI: {/orgs/1/labels/9}"}]
 */
export function bulkRoute(world: World, { path, does, apply }: Bulk): Route {
  const { behaviour, bulkTurn } = world;
  return {
    method: "PUT",
    path,
    async handle(request) {
      if (bulkTurn.busy) {
        return {
          status: 429,
          token: "too_many_requests_error",
          message: "Too many requests: one bulk operation at a time",
          ...(behaviour.sendRetryAfter && { headers: { "Retry-After": "1" } }),
        };
      }
      const items = readItems(request);
      bulkTurn.busy = true;
      try {
        const answers = items.flatMap((item) => answerOf(item, does, apply, world));
        // the operation lasts, so that a client that does not wait for its end is found out
        await wait(world.bulkMs, undefined, { ref: false });
        return { status: behaviour.bulkStatus, body: behaviour.bulkOrder === "request" ? answers : answers.reverse() };
      } finally {
        bulkTurn.busy = false;
      }
    },
  };
}

/** The array of a request that may have 1,000 items. */
export function readItems(request: Parameters<typeof readJson>[0]): unknown[] {
  const items = readJson(request);
  if (!Array.isArray(items))
    throw new Refused(inputValidation("The property '#/' did not match the following type: array"));
  if (items.length > MAX_ITEMS) {
    throw new Refused(inputValidation(`At most ${MAX_ITEMS} items per operation, got ${items.length}`));
  }
  return items;
}

function answerOf(item: unknown, does: Bulk["does"], apply: Bulk["apply"], { behaviour }: World): object[] {
  try {
    const href = apply(item);
    if (does !== "deleted" || behaviour.bulkDeleted === "status") return [{ href, status: does }];
    return behaviour.bulkDeleted === "href" ? [{ href }] : [];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { token, message } = error.refusal;
    const named = hrefOf(item);
    if (does === "deleted") return [{ ...named, errors: [{ token, message }] }];
    return [{ ...named, status: behaviour.bulkFailedStatus, token, message }];
  }
}

function hrefOf(item: unknown): { href?: string } {
  const href = (item as { href?: unknown } | null)?.href;
  return typeof href === "string" ? { href } : {};
}
