import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { Refused } from "../answer";
import { bulkRoute } from "../objects/bulk";
import { checkLabels, checkReference, shownLabel, stamps } from "../objects/fields";
import { conform } from "../objects/json-body";
import { contains, externalFilters, hasLabels } from "../objects/listing";
import { inputValidation, invalidUri } from "../refusals";
import type { Route } from "../router";
import type { World } from "../world";
import { checkService } from "./fixed-objects";
import { changeDraft, type PolicyCollection, policyRoutes } from "./policy-routes";
import { activeHref } from "./policy-store";
import { virtualServiceUser } from "./references";
import {
  bulkVirtualServiceChange,
  newVirtualService,
  VIRTUAL_SERVICE_DEFAULTS,
  type VirtualService,
  virtualServiceChange,
} from "./virtual-service";

const WITH_WORKLOADS = "virtual_service_labels_services_and_workloads";

/** Virtual services, one by one and in bulk; names may repeat. */
export function virtualServiceRoutes(world: World): Route[] {
  const collection = virtualServices(world);
  const path = "/orgs/:org/sec_policy/draft/virtual_services";
  return [
    bulkRoute(world, {
      path: `${path}/bulk_create`,
      does: "created",
      apply: (item) =>
        collection.create(conform(item, newVirtualService, "sec_policy_virtual_services_bulk_create", world.behaviour))
          .href,
    }),
    bulkRoute(world, {
      path: `${path}/bulk_update`,
      does: "updated",
      apply(item) {
        const name = "sec_policy_virtual_services_bulk_update";
        const { href, ...change } = conform(item, bulkVirtualServiceChange, name, world.behaviour);
        changeDraft(world, collection, href, change, invalidUri(href));
        return href;
      },
    }),
    ...policyRoutes(world, collection),
  ];
}

function virtualServices(
  world: World,
): PolicyCollection<VirtualService, typeof newVirtualService, typeof virtualServiceChange> {
  const store = world.virtualServices;
  return {
    name: "virtual_services",
    store,
    newObject: newVirtualService,
    change: virtualServiceChange,
    filters: {
      name: ({ name }, wanted) => contains(name, wanted),
      labels: hasLabels,
      service: ({ service }, wanted) => service?.href === wanted,
      "service_ports.port": ({ service_ports }, wanted) =>
        service_ports?.some(({ port }) => String(port) === wanted) ?? false,
      "service_ports.proto": ({ service_ports }, wanted) =>
        service_ports?.some(({ proto }) => String(proto) === wanted) ?? false,
      "service_address.fqdn": ({ service_addresses }, wanted) =>
        service_addresses.some(({ fqdn }) => contains(fqdn, wanted)),
      "service_address.ip": ({ service_addresses }, wanted) => service_addresses.some(({ ip }) => contains(ip, wanted)),
      ...externalFilters(world),
    },
    create(wanted) {
      check(world, wanted);
      checkReference(world, store, wanted);
      const href = `/orgs/${world.orgId}/sec_policy/draft/virtual_services/${randomUUID()}`;
      const draft = { href, ...VIRTUAL_SERVICE_DEFAULTS, ...wanted, ...stamps(world) } as VirtualService;
      store.create(draft);
      return draft;
    },
    changed(draft, change) {
      if (change.service !== undefined && change.service_ports !== undefined) {
        throw new Refused(inputValidation("Not both of service and service_ports"));
      }
      check(world, change);
      const { service, service_ports, ...rest } = draft;
      const kept = {
        ...(service !== undefined && change.service_ports === undefined && { service }),
        ...(service_ports !== undefined && change.service === undefined && { service_ports }),
      };
      const after = { ...rest, ...kept, ...change } as VirtualService;
      checkReference(world, store, after, draft.href);
      return after;
    },
    user: (href) => virtualServiceUser(world, href),
    extra: ({ href, labels }, { query }) => ({
      labels: labels.map((label) => shownLabel(world, label)),
      caps: ["write", "provision", "delete"],
      ...(query.get("representation") === WITH_WORKLOADS && { bound_workloads: boundWorkloads(world, href) }),
    }),
  };
}

function boundWorkloads(world: World, draft: string) {
  return world.bindings.withKey(`virtual service ${activeHref(draft)}`).map(({ workload }) => ({
    href: workload.href,
    name: world.workloads.get(workload.href)?.name ?? null,
  }));
}

function check(world: World, wanted: z.output<typeof virtualServiceChange>): void {
  checkLabels(world, wanted.labels ?? []);
  if (wanted.service !== undefined) checkService(wanted.service.href, world);
  // no networks are known here besides those that a PCE finds by itself
  for (const { network } of wanted.service_addresses ?? []) {
    if (network !== undefined) throw new Refused(invalidUri(network.href));
  }
}
