import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { Refused } from "../answer";
import { readItems } from "../objects/bulk";
import { checkReference } from "../objects/fields";
import { conform } from "../objects/json-body";
import { externalFilters, listRoute } from "../objects/listing";
import { invalidUri, notAcceptable, notFound } from "../refusals";
import type { Route } from "../router";
import type { World } from "../world";
import { activeHref } from "./policy-store";
import { newBinding, type ServiceBinding } from "./service-binding";

const PATH = "/orgs/:org/service_bindings";

/**
 * Bindings of workloads to active virtual services: made as an array, never changed, live at once.
 *
 * example: 201 [{"status":"created","href":"/orgs/1/service_bindings/5d"}]
 * example: 201 [{"token":"invalid_uri","message":"Invalid URI: {/orgs/1/sec_policy/active/virtual_services/5d}"}]
 */
export function serviceBindingRoutes(world: World): Route[] {
  const { bindings, behaviour } = world;
  const hrefOf = (id: string | undefined) => `/orgs/${world.orgId}/service_bindings/${id ?? ""}`;
  return [
    listRoute<ServiceBinding>(world, {
      path: PATH,
      rows: () => bindings.allAlive(),
      filters: {
        virtual_service: ({ virtual_service }, wanted) => virtual_service.href === wanted,
        workload: ({ workload }, wanted) => workload.href === wanted,
        ...externalFilters(world),
      },
      present: shown,
    }),
    {
      method: "POST",
      path: PATH,
      handle(request) {
        const wanted = readItems(request).map((item) => conform(item, newBinding, "service_bindings_post", behaviour));
        const items = behaviour.bindingFailure === "refuse" ? bindAll(world, wanted) : bindEach(world, wanted);
        return { status: behaviour.bindingStatus, body: items };
      },
    },
    {
      method: "GET",
      path: `${PATH}/:binding`,
      handle({ parameters }) {
        const binding = bindings.get(hrefOf(parameters["binding"]));
        return binding === undefined ? notFound(hrefOf(parameters["binding"])) : { status: 200, body: shown(binding) };
      },
    },
    {
      method: "DELETE",
      path: `${PATH}/:binding`,
      handle({ parameters }) {
        const href = hrefOf(parameters["binding"]);
        if (bindings.get(href) === undefined) return notFound(href);
        bindings.remove(href);
        return { status: 204 };
      },
    },
  ];
}

type Wanted = z.output<typeof newBinding>;

/** Refused as a whole, a request leaves nothing behind. */
function bindAll(world: World, wanted: readonly Wanted[]): object[] {
  const before = new Set(world.bindings.all());
  try {
    return wanted.map((binding) => bind(world, binding));
  } catch (error) {
    for (const made of world.bindings.all()) if (!before.has(made)) world.bindings.remove(made.href);
    throw error;
  }
}

function bindEach(world: World, wanted: readonly Wanted[]): object[] {
  return wanted.map((binding) => {
    try {
      return bind(world, binding);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { token: error.refusal.token, message: error.refusal.message };
    }
  });
}

function bind(world: World, wanted: Wanted): object {
  check(world, wanted);
  const same = existing(world, wanted);
  if (same !== undefined && world.behaviour.duplicateBinding === "existing")
    return { status: "created", href: same.href };
  const href = `/orgs/${world.orgId}/service_bindings/${randomUUID()}`;
  const defaults = { port_overrides: [], external_data_set: null, external_data_reference: null, deleted: false };
  world.bindings.put({ href, ...defaults, ...wanted } as ServiceBinding);
  return { status: "created", href };
}

function check(world: World, wanted: Wanted): void {
  const { virtual_service, workload } = wanted;
  const active =
    virtual_service.href === activeHref(virtual_service.href) && world.virtualServices.version(virtual_service.href);
  if (!active) throw new Refused(invalidUri(virtual_service.href));
  if (world.workloads.alive(workload.href) === undefined) throw new Refused(invalidUri(workload.href));
  const same = existing(world, wanted);
  if (same !== undefined && world.behaviour.duplicateBinding === "failure") {
    throw new Refused(notAcceptable("The workload is already bound to the virtual service"));
  }
  checkReference(world, world.bindings, wanted, same?.href);
}

function existing({ bindings }: World, { virtual_service, workload }: Wanted) {
  return bindings
    .withKey(`virtual service ${virtual_service.href}`)
    .find((binding) => binding.workload.href === workload.href);
}

function shown({ deleted: _, ...binding }: ServiceBinding) {
  return { ...binding, bound_service: binding.virtual_service };
}
