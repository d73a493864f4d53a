import { randomUUID } from "node:crypto";
import type { Answer } from "../answer";
import { notFound } from "../refusals";
import type { Route } from "../router";
import type { World } from "../world";

/** How jobs go. */
export interface JobOptions {
  /** How many times a job is still running when it is asked for. */
  readonly polls: number;
  /** What `Retry-After` says, in seconds. */
  readonly retryAfterSeconds: number;
}

interface Job {
  readonly href: string;
  readonly description: string;
  readonly requestedAt: string;
  readonly dataFile: string;
  pollsLeft: number;
}

/**
 * Collections that were asked for with `Prefer: respond-async`, and the data files that they end up in. Both are kept for the stand-in's
 * life, which is a test's or a tour's: a client that lost an answer on the way asks again.
 */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #dataFiles = new Map<string, readonly unknown[]>();

  /** Answers 202 with the job's place; the rows are those of this moment. `path` is what was asked for. */
  start(world: World, path: string, rows: readonly unknown[]): Answer {
    const href = `/orgs/${world.orgId}/jobs/${randomUUID()}`;
    const dataFile =
      world.behaviour.jobResult === "below-job" ? `${href}/result` : `/orgs/${world.orgId}/datafiles/${randomUUID()}`;
    const requestedAt = new Date(world.now()).toISOString();
    this.#jobs.set(href, { href, description: path, requestedAt, dataFile, pollsLeft: world.jobOptions.polls });
    this.#dataFiles.set(dataFile, rows);
    return { status: 202, headers: { Location: href, "Retry-After": String(world.jobOptions.retryAfterSeconds) } };
  }

  /** The job as a poll sees it, one poll nearer to its end. */
  poll(href: string, world: World): Answer | undefined {
    const job = this.#jobs.get(href);
    if (job === undefined) return undefined;
    const running = job.pollsLeft > 0;
    job.pollsLeft -= 1;
    return {
      status: 200,
      body: {
        href,
        job_type: ":illumio/async_requests",
        description: job.description,
        result: running ? {} : world.behaviour.jobEnd === "done" ? { href: job.dataFile } : job.dataFile,
        status: running ? "running" : world.behaviour.jobEnd,
        requested_at: job.requestedAt,
        requested_by: { href: "/users/1" },
      },
      ...(running && { headers: { "Retry-After": String(world.jobOptions.retryAfterSeconds) } }),
    };
  }

  dataFile(href: string): readonly unknown[] | undefined {
    return this.#dataFiles.get(href);
  }
}

/** GET of jobs and data files. */
export function jobRoutes(world: World): Route[] {
  const dataFile = (href: string) => {
    const rows = world.jobs.dataFile(href);
    return rows === undefined ? notFound(href) : { status: 200, body: rows };
  };
  return [
    {
      method: "GET",
      path: "/orgs/:org/jobs/:job",
      handle({ parameters }) {
        const href = `/orgs/${world.orgId}/jobs/${parameters["job"] ?? ""}`;
        return world.jobs.poll(href, world) ?? notFound(href);
      },
    },
    {
      method: "GET",
      path: "/orgs/:org/datafiles/:file",
      handle: ({ parameters }) => dataFile(`/orgs/${world.orgId}/datafiles/${parameters["file"] ?? ""}`),
    },
    {
      method: "GET",
      path: "/orgs/:org/jobs/:job/result",
      handle: ({ parameters }) => dataFile(`/orgs/${world.orgId}/jobs/${parameters["job"] ?? ""}/result`),
    },
  ];
}
