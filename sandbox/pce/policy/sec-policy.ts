import { z } from "zod";
import { freeText, reference } from "../objects/fields";
import { readFitting } from "../objects/json-body";
import { listRoute } from "../objects/listing";
import { notFound } from "../refusals";
import type { Route } from "../router";
import type { World } from "../world";
import type { PolicyVersion } from "./policy-versions";
import {
  checkProvisionable,
  missingDependencies,
  type ObjectsByType,
  pendingByType,
  provisioningOf,
} from "./provisioning";

const references = z.array(reference).optional();
const changeSubset = z.strictObject({
  virtual_services: references,
  rule_sets: references,
  services: references,
  ip_lists: references,
  label_groups: references,
  firewall_settings: references,
  enforcement_boundaries: references,
  virtual_servers: references,
  secure_connect_gateways: references,
});
const provision = z.strictObject({ update_description: freeText.optional(), change_subset: changeSubset.optional() });
const dependencies = z.strictObject({ change_subset: changeSubset });

const PATH = "/orgs/:org/sec_policy";

/**
 * The policy as a whole: what is pending, what it needs, making it active, and the versions that came of it. Without a
 * `change_subset` everything that is pending goes live, whoever made it.
 */
export function secPolicyRoutes(world: World): Route[] {
  const { behaviour } = world;
  return [
    { method: "GET", path: `${PATH}/pending`, handle: () => ({ status: 200, body: pendingByType(world) }) },
    {
      method: "POST",
      path: `${PATH}/draft/dependencies`,
      handle(request) {
        const { change_subset } = readFitting(request, dependencies, "sec_policy_dependencies_post", behaviour);
        const missing = missingDependencies(world, hrefsOf(change_subset));
        return {
          status: 200,
          body: behaviour.dependenciesShape === "by-type" ? missing : Object.values(missing).flat(),
        };
      },
    },
    {
      method: "POST",
      path: PATH,
      handle(request) {
        const wanted = readFitting(request, provision, "sec_policy_post", behaviour);
        const hrefs = hrefsOf(wanted.change_subset ?? pendingByType(world));
        checkProvisionable(world, hrefs);
        const goLive = provisioningOf(world, hrefs);
        if (behaviour.provisioning === "at-once") goLive();
        else setTimeout(goLive, world.provisionMs).unref();
        return { status: behaviour.provisionStatus, body: newVersion(world, wanted.update_description ?? "") };
      },
    },
    listRoute<PolicyVersion>(world, {
      path: PATH,
      rows: () => world.versions.all(),
      filters: {},
      present: (version) => version,
    }),
    {
      method: "GET",
      path: `${PATH}/:version`,
      handle({ parameters }) {
        const version = world.versions.all().find(({ version: number }) => String(number) === parameters["version"]);
        return version === undefined
          ? notFound(`/orgs/${world.orgId}/sec_policy/${parameters["version"] ?? ""}`)
          : { status: 200, body: version };
      },
    },
  ];
}

function hrefsOf(subset: { readonly [Type in keyof ObjectsByType]?: ObjectsByType[Type] | undefined }): string[] {
  return Object.values(subset).flatMap((objects) => objects?.map(({ href }) => href) ?? []);
}

function newVersion(world: World, message: string): PolicyVersion {
  const counts = {
    virtual_services: world.virtualServices.active().length,
    rule_sets: world.ruleSets.active().length,
  };
  return world.versions.add(world.orgId, {
    commit_message: message,
    workloads_affected: 0,
    object_counts: world.behaviour.objectCounts === "by-type" ? counts : counts.virtual_services + counts.rule_sets,
    created_at: new Date(world.now()).toISOString(),
    created_by: { href: "/users/1" },
  });
}
