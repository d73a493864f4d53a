import type { HrefReference } from "../../illumio/client/hrefs";
import type { RuleFields } from "../../illumio/client/rule-set";
import type { NewVirtualService } from "../../illumio/client/virtual-service";
import type { NewWorkload } from "../../illumio/client/workload";

const hrefOnly = ({ href }: HrefReference): HrefReference => ({ href });

/** A workload with one interface, found again by its name. */
export function newWorkload(name: string, address: string, ...labels: readonly HrefReference[]): NewWorkload {
  return {
    name,
    interfaces: [{ name: "eth0", address }],
    labels: labels.map(hrefOnly),
    externalDataSet: "s",
    externalDataReference: name,
  };
}

/** So many workloads of the data set `vpc`, each with an address of its own. */
export function workloadsOf(count: number): NewWorkload[] {
  return Array.from({ length: count }, (_, index) => ({
    ...newWorkload(`i-${index}`, `10.1.${index >> 8}.${index & 255}`),
    externalDataSet: "vpc",
  }));
}

/** A virtual service at an RDS endpoint's name. */
export function newService(name: string, port: number): NewVirtualService {
  return {
    name,
    applyTo: "host_only",
    servicePorts: [{ port, proto: 6 }],
    serviceAddresses: [{ fqdn: `${name}.abc.eu-west-1.rds.amazonaws.com` }],
    externalDataSet: "s",
    externalDataReference: name,
  };
}

/** A rule that lets what has the label talk to the virtual service. */
export function clientRule(label: HrefReference, service: HrefReference): RuleFields {
  return {
    enabled: true,
    providers: [{ virtualService: hrefOnly(service) }],
    consumers: [{ label: hrefOnly(label) }],
    ingressServices: [],
    resolveLabelsAs: { providers: ["virtual_services"], consumers: ["workloads"] },
  };
}
