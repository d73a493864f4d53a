import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { type Refusal, Refused } from "../answer";
import { changeStamps } from "../objects/fields";
import { readFitting } from "../objects/json-body";
import { type Filter, listRoute } from "../objects/listing";
import { notAcceptable, notFound } from "../refusals";
import type { PceRequest, Route } from "../router";
import type { World } from "../world";
import type { TwoVersions } from "./draft-and-active";
import { activeHref, type PolicyObject, type PolicyStore, type Version } from "./policy-store";

/** A collection of the policy: what all of them do alike, filled in. */
export interface PolicyCollection<T extends PolicyObject, New extends z.ZodType, Changed extends z.ZodType> {
  /** As in hrefs: `virtual_services`. */
  readonly name: string;
  readonly store: PolicyStore<T>;
  readonly newObject: New;
  readonly change: Changed;
  readonly filters: Readonly<Record<string, Filter<T>>>;
  /** Makes the draft; throws a `Refused` when it cannot be. */
  create(wanted: z.output<New>): T;
  /** The draft with the change made; throws a `Refused` when it cannot be. */
  changed(draft: T, change: z.output<Changed>): T;
  /** The href of what forbids the deletion. */
  user(href: string): string | undefined;
  /** What is sent besides the object itself. */
  extra?(object: T, request: PceRequest): object;
}

/** List, read, make, change and delete drafts; list and read what is active. */
export function policyRoutes<T extends PolicyObject, New extends z.ZodType, Changed extends z.ZodType>(
  world: World,
  collection: PolicyCollection<T, New, Changed>,
): Route[] {
  const { name, store } = collection;
  const draftPath = `/orgs/:org/sec_policy/draft/${name}`;
  const itemPath = `${draftPath}/:object`;
  const hrefOf = ({ parameters }: PceRequest) =>
    `/orgs/${world.orgId}/sec_policy/draft/${name}/${parameters["object"] ?? ""}`;
  return [
    ...(["draft", "active"] as const).flatMap((version) => readRoutes(world, collection, version)),
    {
      method: "POST",
      path: draftPath,
      handle(request) {
        const wanted = readFitting(request, collection.newObject, `sec_policy_${name}_post`, world.behaviour);
        const { href } = collection.create(wanted);
        return { status: 201, body: shown(collection, store.get(href), "draft", request) };
      },
    },
    {
      method: "PUT",
      path: itemPath,
      handle(request) {
        const href = hrefOf(request);
        changeable(store, href, notFound(href));
        const change = readFitting(request, collection.change, `sec_policy_${name}_put`, world.behaviour);
        changeDraft(world, collection, href, change, notFound(href));
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path: itemPath,
      handle(request) {
        const href = hrefOf(request);
        changeable(store, href, notFound(href));
        const user = world.behaviour.deleteReferenced === "refuse" ? collection.user(href) : undefined;
        if (user !== undefined) return notAcceptable(`Cannot delete what is in use by ${user}`);
        store.delete(href, world.behaviour.deleteUnprovisioned);
        return { status: 204 };
      },
    },
  ];
}

/** Changes a draft as a PUT does; `absent` says how its absence is refused. */
export function changeDraft<T extends PolicyObject, New extends z.ZodType, Changed extends z.ZodType>(
  world: World,
  { store, changed }: PolicyCollection<T, New, Changed>,
  href: string,
  change: z.output<Changed>,
  absent: Refusal,
): void {
  const draft = changeable(store, href, absent);
  const after = changed(draft, change);
  if (world.behaviour.idlePut === "unchanged" && isDeepStrictEqual(draft, after)) return;
  store.change({ ...after, ...changeStamps(world) });
}

/** The draft, unless it is not there or about to be deleted. */
export function changeable<T extends PolicyObject>(store: PolicyStore<T>, href: string, absent: Refusal): T {
  const object = store.get(href);
  if (object === undefined) throw new Refused(absent);
  if (object.change === "delete") throw new Refused(notAcceptable("The deletion of this object is pending"));
  return object.draft;
}

function readRoutes<T extends PolicyObject, New extends z.ZodType, Changed extends z.ZodType>(
  world: World,
  collection: PolicyCollection<T, New, Changed>,
  version: Version,
): Route[] {
  const { name, store, filters } = collection;
  const path = `/orgs/:org/sec_policy/${version}/${name}`;
  const objectOf = (entry: TwoVersions<T>) => entry[version];
  return [
    listRoute<TwoVersions<T>>(world, {
      path,
      rows: () => store.entries().filter((entry) => objectOf(entry) !== undefined),
      filters: Object.fromEntries(
        Object.entries(filters).map(([parameter, filter]): [string, Filter<TwoVersions<T>>] => [
          parameter,
          (entry, wanted) => {
            const object = objectOf(entry);
            return object !== undefined && filter(object, wanted);
          },
        ]),
      ),
      present: (entry, request) => shown(collection, entry, version, request),
    }),
    {
      method: "GET",
      path: `${path}/:object`,
      handle(request) {
        const href = `/orgs/${world.orgId}/sec_policy/${version}/${name}/${request.parameters["object"] ?? ""}`;
        const body = shown(collection, store.get(href), version, request);
        return body === undefined ? notFound(href) : { status: 200, body };
      },
    },
  ];
}

function shown<T extends PolicyObject, New extends z.ZodType, Changed extends z.ZodType>(
  { extra }: Pick<PolicyCollection<T, New, Changed>, "extra">,
  entry: TwoVersions<T> | undefined,
  version: Version,
  request: PceRequest,
): unknown {
  const object = entry?.[version];
  if (entry === undefined || object === undefined) return undefined;
  const body = { ...object, update_type: version === "draft" ? entry.change : null, ...extra?.(object, request) };
  return version === "draft" ? body : asActive(body);
}

/** The same with every href of the policy naming the active version. */
export function asActive<T>(body: T): T {
  return JSON.parse(JSON.stringify(body), (_, value: unknown) =>
    typeof value === "string" ? activeHref(value) : value,
  ) as T;
}
