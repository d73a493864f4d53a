import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { type Refusal, Refused } from "../answer";
import { workloadUser } from "../policy/references";
import { inputValidation, invalidUri, notAcceptable, notFound } from "../refusals";
import type { PceRequest, Route } from "../router";
import type { World } from "../world";
import { bulkRoute } from "./bulk";
import { changeStamps, checkLabels, checkReference, shownLabel, stamps } from "./fields";
import { conform, readFitting } from "./json-body";
import { contains, externalFilters, type Filter, hasLabels, listRoute } from "./listing";
import {
  bulkDeletion,
  bulkWorkloadChange,
  newWorkload,
  type PlantedWorkload,
  WORKLOAD_DEFAULTS,
  type Workload,
  workloadChange,
} from "./workload";

const PATH = "/orgs/:org/workloads";
/** What the agent of a managed workload reports, and nobody else may change. */
const OF_THE_AGENT = ["hostname", "interfaces", "public_ip", "os_id", "os_detail", "online"] as const;

/** Workloads one by one and in bulk; managed ones, which tests plant, are read and labelled but not deleted. */
export function workloadRoutes(world: World): Route[] {
  const { workloads, behaviour } = world;
  const hrefOf = ({ parameters }: PceRequest) => `/orgs/${world.orgId}/workloads/${parameters["workload"] ?? ""}`;
  return [
    listRoute<Workload>(world, {
      path: PATH,
      rows: ({ query }) => (query.get("include_deleted") === "true" ? workloads.all() : workloads.allAlive()),
      filters: workloadFilters(world),
      present: (workload, { query }) => shown(world, workload, query.get("representation")),
    }),
    {
      method: "POST",
      path: PATH,
      handle(request) {
        const workload = create(world, readFitting(request, newWorkload, "workloads_post", behaviour));
        return { status: 201, body: shown(world, workload, "workload_labels") };
      },
    },
    bulkRoute(world, {
      path: `${PATH}/bulk_create`,
      does: "created",
      apply: (item) => create(world, conform(item, newWorkload, "workloads_bulk_create", behaviour)).href,
    }),
    bulkRoute(world, {
      path: `${PATH}/bulk_update`,
      does: "updated",
      apply(item) {
        const { href, ...change } = conform(item, bulkWorkloadChange, "workloads_bulk_update", behaviour);
        update(world, href, change, invalidUri(href));
        return href;
      },
    }),
    bulkRoute(world, {
      path: `${PATH}/bulk_delete`,
      does: "deleted",
      apply(item) {
        const { href } = conform(item, bulkDeletion, "workloads_bulk_delete", behaviour);
        remove(world, href, invalidUri(href));
        return href;
      },
    }),
    {
      method: "GET",
      path: `${PATH}/:workload`,
      handle(request) {
        const href = hrefOf(request);
        const workload = behaviour.readDeleted === "object" ? workloads.get(href) : workloads.alive(href);
        if (workload === undefined) return notFound(href);
        return { status: 200, body: shown(world, workload, request.query.get("representation")) };
      },
    },
    {
      method: "PUT",
      path: `${PATH}/:workload`,
      handle(request) {
        const href = hrefOf(request);
        update(world, href, readFitting(request, workloadChange, "workloads_put", behaviour), notFound(href));
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path: `${PATH}/:workload`,
      handle(request) {
        remove(world, hrefOf(request), notFound(hrefOf(request)));
        return { status: 204 };
      },
    },
  ];
}

/** Puts a workload with an agent in place, as if a VEN had been installed, and returns its href. */
export function plantManagedWorkload(world: World, wanted: PlantedWorkload): string {
  const ven = { href: `/orgs/${world.orgId}/vens/${randomUUID()}` };
  return create(world, conform(wanted, newWorkload, "workloads_post", world.behaviour), ven).href;
}

/** Takes a planted workload away, as when its agent is unpaired. Harmless when it is not there. */
export function unpairWorkload(world: World, href: string): void {
  const workload = world.workloads.alive(href);
  if (workload?.ven !== undefined) world.workloads.put({ ...workload, deleted: true });
}

function create(world: World, wanted: z.output<typeof newWorkload>, ven?: { readonly href: string }): Workload {
  checkLabels(world, wanted.labels ?? []);
  checkReference(world, world.workloads, wanted);
  const workload = {
    href: `/orgs/${world.orgId}/workloads/${randomUUID()}`,
    deleted: false,
    ...WORKLOAD_DEFAULTS,
    ...wanted,
    ...stamps(world),
    ...(ven && { ven }),
  } as Workload;
  world.workloads.put(workload);
  return workload;
}

function update(world: World, href: string, change: z.output<typeof workloadChange>, absent: Refusal): void {
  const workload = world.workloads.alive(href);
  if (workload === undefined) throw new Refused(absent);
  const ofTheAgent = OF_THE_AGENT.filter((field) => change[field] !== undefined);
  if (workload.ven !== undefined && ofTheAgent.length > 0) {
    throw new Refused(inputValidation(`A managed workload's ${ofTheAgent.join(", ")} cannot be changed`));
  }
  checkLabels(world, change.labels ?? []);
  const changed = { ...workload, ...change } as Workload;
  checkReference(world, world.workloads, changed, href);
  world.workloads.put({ ...changed, ...changeStamps(world) });
}

function remove(world: World, href: string, absent: Refusal): void {
  const workload = world.workloads.get(href);
  if (workload === undefined) throw new Refused(absent);
  if (workload.deleted) {
    throw new Refused(
      world.behaviour.workloadDeletedAgain === "not-found"
        ? absent
        : {
            status: 406,
            token: "workload_already_deleted",
            message: "Cannot delete a workload that has already been deleted",
          },
    );
  }
  if (workload.ven !== undefined) throw new Refused(notAcceptable("Cannot delete a managed workload: unpair it"));
  const user = world.behaviour.deleteReferenced === "refuse" ? workloadUser(world, href) : undefined;
  if (user !== undefined) throw new Refused(notAcceptable(`Cannot delete a workload that is in use by ${user}`));
  world.workloads.put({ ...workload, deleted: true });
  for (const { href: binding } of world.bindings.withKey(`workload ${href}`)) world.bindings.remove(binding);
}

function workloadFilters(world: World): Readonly<Record<string, Filter<Workload>>> {
  return {
    name: ({ name }, wanted) => contains(name, wanted),
    hostname: ({ hostname }, wanted) => contains(hostname, wanted),
    ip_address: ({ interfaces }, wanted) => interfaces.some(({ address }) => contains(address, wanted)),
    managed: ({ ven }, wanted) => String(ven !== undefined) === wanted,
    enforcement_mode: (workload, wanted) => workload.enforcement_mode === wanted,
    online: (workload, wanted) => String(workload.online) === wanted,
    labels: hasLabels,
    ...externalFilters(world),
  };
}

function shown(world: World, workload: Workload, representation: string | null) {
  const expanded = representation === "workload_labels" || world.behaviour.workloadLabels === "expanded";
  return expanded ? { ...workload, labels: workload.labels.map((label) => shownLabel(world, label)) } : workload;
}
