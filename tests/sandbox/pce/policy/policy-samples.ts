import assert from "node:assert/strict";
import type { Api, Shown } from "../api";

/** Where the drafts of virtual services are. */
export const VIRTUAL_SERVICES = "/sec_policy/draft/virtual_services";
/** Where the drafts of rule sets are. */
export const RULE_SETS = "/sec_policy/draft/rule_sets";

/** A virtual service that a PCE takes. */
export const virtualService = (name = "db") => ({
  name,
  apply_to: "host_only",
  service_ports: [{ port: 5432, proto: 6 }],
  service_addresses: [{ fqdn: `${name}.example.rds.amazonaws.com` }],
});

/** A rule that lets the label's workloads talk to the virtual service. */
export const rule = (consumer: Shown, provider: Shown) => ({
  enabled: true,
  providers: [{ virtual_service: { href: provider.href } }],
  consumers: [{ label: { href: consumer.href } }],
  ingress_services: [],
  resolve_labels_as: { providers: ["virtual_services"], consumers: ["workloads"] },
});

/** The href of the active version. */
export const active = (href: string) => href.replace("/draft/", "/active/");

/** Provisions these drafts and no others. */
export function provision(api: Api, subset: Readonly<Record<string, readonly Shown[]>>) {
  const hrefs = Object.entries(subset).map(([type, objects]) => [type, objects.map(({ href }) => ({ href }))]);
  return api.send("POST", "/sec_policy", { update_description: "test", change_subset: Object.fromEntries(hrefs) });
}

/** Provisions, expects a 2xx, and waits until nothing of it is pending. */
export async function goLive(api: Api, subset: Readonly<Record<string, readonly Shown[]>>): Promise<void> {
  const reply = await provision(api, subset);
  assert.ok(reply.status >= 200 && reply.status < 300, JSON.stringify(reply.body));
  const hrefs = Object.values(subset).flatMap((objects) => objects.map(({ href }) => href));
  while (hrefs.some((href) => api.pce.holdings().pending.includes(href)))
    await new Promise((done) => setTimeout(done, 5));
}
