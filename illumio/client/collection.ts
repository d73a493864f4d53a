import { UnavailableError, UnexpectedAnswerError } from "./pce-errors";
import type { PceReply, PceRequests, Query } from "./pce-requests";
import { retryAfterMs } from "./retry-timing";
import { Fields } from "./wire";

/** What a PCE answers at once, at most. It is asked for by name, so that an answer of fewer is known to be whole. */
const MAX_AT_ONCE = 500;

/** 10,000 workloads are some 30 MB. */
const MAX_DATAFILE_BYTES = 256 * 1024 * 1024;

const FIRST_POLL_MS = 500;
const MAX_POLL_MS = 5_000;

/**
 * Every row of a collection.
 *
 * Few rows come at once. From 500 on the answer may be cut, and then the PCE is asked to write all of them into a file
 * (asynchronous GET). Whether X-Total-Count counts the rows that match, or all there are, is not settled: an answer with
 * as many rows as that is whole under either reading, and nothing else is concluded from it.
 */
export async function collect(pce: PceRequests, what: string, path: string, query: Query): Promise<readonly unknown[]> {
  const few = await pce.send("GET", {
    what,
    path: `${path}?${search({ ...query, max_results: MAX_AT_ONCE })}`,
    read: (reply) => ({ rows: rowsOf(reply.body, what), total: totalOf(reply) }),
  });
  if (few.rows.length < MAX_AT_ONCE || (few.total !== undefined && few.total <= few.rows.length)) return few.rows;
  return collectLater(pce, what, path, query);
}

// source:  REST API guide, "Asynchronous GET collections"
// format:  Prefer: respond-async -> 202, Location: /orgs/1/jobs/<uuid>, Retry-After: 5
async function collectLater(pce: PceRequests, what: string, path: string, query: Query): Promise<readonly unknown[]> {
  const parameters = search(query);
  const reply = await pce.send("GET", {
    what,
    path: parameters === "" ? path : `${path}?${parameters}`,
    headers: { prefer: "respond-async" },
    maxAnswerBytes: MAX_DATAFILE_BYTES,
    read: (answer) => answer,
  });
  if (reply.status === 202) return rowsOfJob(pce, what, reply);
  const rows = rowsOf(reply.body, what);
  const total = totalOf(reply);
  // at most 500 again: there are more, or just as many; only the total can tell
  if (rows.length !== MAX_AT_ONCE || (total !== undefined && total <= rows.length)) return rows;
  throw new UnexpectedAnswerError(
    `the PCE answered ${what} with ${rows.length} rows at once though it was asked for all of them later (Prefer: ` +
      "respond-async), so some may be missing; allow asynchronous requests on it, or on the proxy before it",
    { status: reply.status },
  );
}

async function rowsOfJob(pce: PceRequests, what: string, started: PceReply): Promise<readonly unknown[]> {
  const job = pathOf(pce, String(started.headers.location ?? ""), what);
  let waitMs = FIRST_POLL_MS;
  for (let reply = started; ; waitMs = Math.min(waitMs * 2, MAX_POLL_MS)) {
    const asked = retryAfterMs(reply.headers["retry-after"], Date.now());
    await waitForJob(pce, what, Math.min(asked ?? waitMs, MAX_POLL_MS));
    reply = await pce.send("GET", { what: `the job of ${what}`, path: job, read: (answer) => answer });
    const file = resultOf(new Fields(reply.body, `the job of ${what}`), what);
    if (file === undefined) continue;
    return pce.send("GET", {
      what,
      path: pathOf(pce, file, what),
      maxAnswerBytes: MAX_DATAFILE_BYTES,
      read: ({ body }) => rowsOf(body, what),
    });
  }
}

async function waitForJob(pce: PceRequests, what: string, ms: number): Promise<void> {
  if (pce.deadline.remainingMs() <= ms) {
    throw new UnavailableError(`the PCE is still collecting ${what}, and no time is left to wait for it`, {
      attempts: 1,
    });
  }
  await pce.sleep(ms);
}

// source:  REST API guide and illumio-py: "done" with result.href, or "completed" with the href as the result itself
/** Where the rows are, once the job is done. */
function resultOf(job: Fields, what: string): string | undefined {
  switch (job.text("status") ?? "") {
    case "done":
    case "completed":
      return job.text("result") ?? job.object("result")?.requiredText("href") ?? "";
    case "failed":
    case "canceled":
    case "cancelled": {
      const reason = job.object("result")?.text("message") ?? "it does not say why";
      throw new UnexpectedAnswerError(
        `the PCE could not collect ${what}: ${reason.slice(0, 400)}; ask again, or for less`,
      );
    }
    default:
      return undefined;
  }
}

/** The path of an href that an answer gave; with or without the API's prefix, never another host's. */
function pathOf(pce: PceRequests, href: string, what: string): string {
  const path = href.replace(/^\/api\/v2(?=\/)/, "");
  if (path.startsWith(`${pce.org}/`) && /^[\w/.-]+$/.test(path) && !path.includes("..")) return path;
  throw new UnexpectedAnswerError(
    `the PCE's job for ${what} must lead to ${pce.org}/..., got "${href.slice(0, 200)}"; nothing else is asked with its API key`,
  );
}

function rowsOf(body: unknown, what: string): readonly unknown[] {
  if (Array.isArray(body)) return body;
  throw new UnexpectedAnswerError(
    `the PCE's answer to ${what} must be an array, got ${body === undefined ? "no body" : typeof body}; is this a PCE?`,
  );
}

function totalOf({ headers }: PceReply): number | undefined {
  const text = headers["x-total-count"];
  return typeof text === "string" && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function search(query: Query): string {
  return new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
}
