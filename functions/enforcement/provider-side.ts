import { activeHref } from "../../illumio/client/hrefs";
import type { Rule, Scope } from "../../illumio/client/rule-set";
import type { ServicePort, VirtualService } from "../../illumio/client/virtual-service";
import { isInScope, type LabelConditions, meets } from "./labelled";

/** The database, as the active policy knows it. */
export interface PolicyDatabase {
  readonly service: VirtualService;
  readonly port: number;
}

/** IANA's number. */
const TCP = 6;

/** Whether a port of a service is, or has within it, this TCP port. */
export function isTcpPort({ proto, port, toPort = port }: ServicePort, wanted: number): boolean {
  return proto === TCP && port <= wanted && wanted <= toPort;
}

/** Whether a rule lets anybody in to the database, in a scope; or what of it cannot be told. */
export type ProviderSide = "database" | "others" | { readonly unresolved: string };

/** Says whom the providers of a rule are, as far as the database goes: it and its workload have the same labels. */
export async function providerSide(
  rule: Rule,
  scope: Scope,
  { service, port }: PolicyDatabase,
  labels: LabelConditions,
): Promise<ProviderSide> {
  if (scope.some(({ labelGroup }) => labelGroup !== undefined)) return { unresolved: "its scope has a label group" };
  if (!isInScope(service, scope)) return "others";
  if (await labels.repeats(rule.providers, scope))
    return { unresolved: "its providers repeat a key of the scope: a PCE may ignore it" };
  const href = activeHref(service.href);
  if (rule.providers.some(({ virtualService }) => activeHref(virtualService?.href ?? "") === href)) return "database";
  if (rule.providers.some(({ labelGroup }) => labelGroup !== undefined))
    return { unresolved: "its providers have a label group" };
  if (!meets(service, await labels.of(rule.providers))) return "others";
  const { providers: resolved } = rule.resolveLabelsAs;
  if (resolved.includes("virtual_services")) return "database";
  const services = rule.ingressServices.map((each) => ("href" in each ? "unknown" : isTcpPort(each, port)));
  if (services.includes(true)) return "database";
  return services.includes("unknown") ? { unresolved: "it names a service by its href" } : "others";
}
