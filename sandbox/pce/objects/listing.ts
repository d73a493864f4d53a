import { Refused } from "../answer";
import { inputValidation } from "../refusals";
import type { PceRequest, Route } from "../router";
import type { World } from "../world";
import type { Reference } from "./fields";

/** Rows that one answer holds at most, unless `max_results` says otherwise. */
const CAP = 500;
/** What every collection takes besides its own filters. */
const COMMON_PARAMETERS = new Set(["max_results", "representation", "include_deleted", "usage"]);

/** Whether a row is wanted by the value of a query parameter. */
export type Filter<T> = (row: T, wanted: string) => boolean;

/** One collection that can be listed. */
export interface Listed<T> {
  readonly path: string;
  rows(request: PceRequest): readonly T[];
  /** By query parameter. */
  readonly filters: Readonly<Record<string, Filter<T>>>;
  /** The row as it is sent. */
  present(row: T, request: PceRequest): unknown;
}

/**
 * GET of a collection: 500 rows at most, the total in `X-Total-Count`, or a job with everything when the client
 * prefers to wait.
 */
export function listRoute<T>(world: World, listed: Listed<T>): Route {
  return { method: "GET", path: listed.path, handle: (request) => list(world, listed, request) };
}

function list<T>(world: World, { path, rows, filters, present }: Listed<T>, request: PceRequest) {
  const all = rows(request);
  const wanted = [...request.query].flatMap(([parameter, value]) => {
    if (COMMON_PARAMETERS.has(parameter)) return [];
    const filter = filters[parameter];
    if (filter !== undefined) return [(row: T) => filter(row, value)];
    if (world.behaviour.unknownProperties === "ignore") return [];
    throw new Refused(inputValidation(`The query parameter '${parameter}' is not known here`));
  });
  const matching = wanted.length === 0 ? all : all.filter((row) => wanted.every((filter) => filter(row)));
  if (request.prefersAsync) {
    const asked = path.replace(":org", String(world.orgId));
    return world.jobs.start(
      world,
      asked,
      matching.map((row) => present(row, request)),
    );
  }
  const limit = limitOf(world, request.query.get("max_results"));
  const total = world.behaviour.totalCount === "filtered" ? matching.length : all.length;
  return {
    status: 200,
    body: matching.slice(0, limit).map((row) => present(row, request)),
    headers: { "X-Total-Count": String(total) },
  };
}

function limitOf({ behaviour }: World, maxResults: string | null): number {
  if (maxResults === null) return CAP;
  if (!/^\d{1,9}$/.test(maxResults)) {
    throw new Refused(inputValidation(`The query parameter 'max_results' must be a whole number, got ${maxResults}`));
  }
  return behaviour.maxResults === "capped" ? Math.min(CAP, Number(maxResults)) : Number(maxResults);
}

/** Matches when the text has the wanted one in it, whatever the case: what a PCE calls a partial match. */
export function contains(value: string | null | undefined, wanted: string): boolean {
  return value?.toLowerCase().includes(wanted.toLowerCase()) ?? false;
}

/** The filters by external data set and reference. */
export function externalFilters<
  T extends { readonly external_data_set: string | null; readonly external_data_reference: string | null },
>({ behaviour }: World): Record<string, Filter<T>> {
  const matches = (value: string | null, wanted: string) =>
    behaviour.externalFilter === "exact" ? value === wanted : contains(value, wanted);
  return {
    external_data_set: (row, wanted) => matches(row.external_data_set, wanted),
    external_data_reference: (row, wanted) => matches(row.external_data_reference, wanted),
  };
}

/**
 * Matches rows by labels: lists of hrefs as JSON, all of one list or all of another.
 *
 * example: labels=[["/orgs/1/labels/1","/orgs/1/labels/7"],["/orgs/1/labels/9"]]
 */
export function hasLabels(row: { readonly labels: readonly Reference[] }, wanted: string): boolean {
  let lists: unknown;
  try {
    lists = JSON.parse(wanted);
  } catch {
    lists = undefined;
  }
  if (!Array.isArray(lists) || !lists.every(Array.isArray)) {
    throw new Refused(inputValidation(`The query parameter 'labels' must be a list of lists of hrefs, got ${wanted}`));
  }
  return lists.some((all: unknown[]) => all.every((href) => row.labels.some((label) => label.href === href)));
}
