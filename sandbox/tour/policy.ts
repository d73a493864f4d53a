import type { DatabaseRecord } from "../aws/registry";
import type { ExplainedFlow } from "../pce/explain/explain-flows";
import { activeHref } from "../pce/policy/policy-store";
import type { Pce } from "../pce/server";
import type { PolicyReport, SeenWorkload } from "./report";
import { CLIENT_LABELS } from "./stack-settings";
import { StepError } from "./step-error";

const TCP = 6;
const SAMPLE = 3;
// logs of one's own may have any number of clients
const MOST_CLIENTS = 300;

/** What the step asks of a PCE. */
export type AskedPce = Pick<Pce, "flows" | "holdings" | "explainFlows" | "plantManagedWorkload">;

type Verdict = ExplainedFlow["verdict"];

/**
 * Plants workloads for clients of the database: a third of them with the labels that the policy lets in, a third without a role, and none
 * for the rest. Then has the PCE say of each flow whether its active policy allows it. What it must say is told here by addresses alone:
 * allowed is what goes from a client that is let in to the database's port. Throws `StepError` when the PCE says anything else, or when
 * the database is not there, bound and active. `logs` are for its message.
 */
export function checkPolicy(
  pce: AskedPce,
  databases: readonly Pick<DatabaseRecord, "primary" | "standby" | "port">[],
  logs: readonly string[],
): PolicyReport {
  const servers = new Set(
    databases.flatMap(({ primary, standby, port }) =>
      [primary, ...(standby ? [standby] : [])].map(({ ip }) => `${ip},${port},${TCP}`),
    ),
  );
  const clients = clientsOf(pce, servers).slice(0, MOST_CLIENTS);
  const letIn = clients.filter((_, index) => index % 3 === 0);
  const withoutRole = clients.filter((_, index) => index % 3 === 1);
  const { role: _, ...labels } = CLIENT_LABELS;
  plant(pce, "web", letIn, CLIENT_LABELS);
  plant(pce, "batch", withoutRole, labels);

  const report = readPolicy(pce);
  const expected = new Map<string, Verdict>();
  const allowedSources = new Set(letIn);
  const known = new Set([...clients.filter((_, index) => index % 3 < 2), ...addressesOf(servers)]);
  for (const flow of pce.flows().keys()) {
    const [source, destination, service] = endsOf(flow);
    const allowed = allowedSources.has(source) && servers.has(`${destination},${service}`);
    const attributed = known.has(source) && known.has(destination);
    expected.set(flow, allowed ? "allowed" : attributed ? "not allowed" : "unattributed");
  }
  const problems = [...standingProblems(report), ...verdictProblems(report, expected)];
  if (problems.length > 0) throw new StepError("the PCE does not show the database as it is", problems, logs);
  return report;
}

/** What the PCE holds of the database, and what it makes of each flow. */
export function readPolicy(pce: Pick<AskedPce, "holdings" | "explainFlows">): PolicyReport {
  const { labels, unmanagedWorkloads, managedWorkloads, active, serviceBindings, pending } = pce.holdings();
  const textOf = new Map(labels.map(({ href, key, value }) => [href, `${key}=${value}`]));
  const workloads = [...unmanagedWorkloads, ...managedWorkloads];
  const nameOf = ({ name, hostname, href }: (typeof workloads)[number]) => name ?? hostname ?? href;
  const [service] = active.virtualServices;
  const bound = serviceBindings
    .filter(({ virtual_service }) => virtual_service.href === activeHref(service?.href ?? ""))
    .map(({ workload }) => workload.href);
  const { flows, addressesWithoutWorkload } = pce.explainFlows();
  const having = (wanted: (typeof flows)[number]["verdict"]) =>
    flows.filter(({ verdict }) => verdict === wanted).map(({ flow }) => flow);

  return {
    workloads: workloads.map(
      (workload): SeenWorkload => ({
        name: nameOf(workload),
        addresses: workload.interfaces.map(({ address }) => address),
        labels: workload.labels.map(({ href }) => textOf.get(href) ?? href),
      }),
    ),
    service: {
      name: service?.name ?? "none",
      fqdns: (service?.service_addresses ?? []).flatMap(({ fqdn }) => fqdn ?? []),
      ports: (service?.service_ports ?? []).map(({ port }) => port),
    },
    boundTo: workloads.filter(({ href }) => bound.includes(href)).map(nameOf),
    isActive: service !== undefined && active.ruleSets.length > 0 && pending.length === 0,
    allowed: having("allowed"),
    notAllowed: having("not allowed"),
    unattributed: having("unattributed"),
    addressesWithoutWorkload,
  };
}

/** Who talks to the database, in the order they came. */
function clientsOf({ flows }: AskedPce, servers: ReadonlySet<string>): string[] {
  const clients = [...flows().keys()].flatMap((flow) => {
    const [source, destination, service] = endsOf(flow);
    return servers.has(`${destination},${service}`) ? source : [];
  });
  const databases = addressesOf(servers);
  return [...new Set(clients)].filter((client) => !databases.has(client));
}

/** Puts a workload with an agent at each of the addresses. */
function plant(
  pce: AskedPce,
  name: string,
  addresses: readonly string[],
  wanted: Readonly<Record<string, string>>,
): void {
  const labels = pce
    .holdings()
    .labels.filter(({ key, value }) => wanted[key] === value)
    .map(({ href }) => ({ href }));
  for (const [index, address] of addresses.entries()) {
    pce.plantManagedWorkload({ name: `${name}-${index + 1}`, interfaces: [{ name: "eth0", address }], labels });
  }
}

function standingProblems({ service, boundTo, isActive }: PolicyReport): string[] {
  return [
    ...(service.fqdns.length === 1 && service.ports.length === 1
      ? []
      : ["the virtual service has not one name and one port"]),
    ...(boundTo.length === 1 ? [] : [`the virtual service is bound to ${boundTo.length} workloads; 1 is right`]),
    ...(isActive ? [] : ["the policy is not active"]),
  ];
}

function verdictProblems(report: PolicyReport, expected: ReadonlyMap<string, Verdict>): string[] {
  const told = {
    allowed: report.allowed,
    "not allowed": report.notAllowed,
    unattributed: report.unattributed,
  } satisfies Record<Verdict, readonly string[]>;
  return Object.entries(told).flatMap(([verdict, flows]) => {
    const wrong = flows.filter((flow) => expected.get(flow) !== verdict);
    if (wrong.length === 0) return [];
    const examples = wrong.slice(0, SAMPLE).map((flow) => `${flow} (must be ${expected.get(flow) ?? "absent"})`);
    return [`${wrong.length} flows are ${verdict}, and must not be: ${examples.join("; ")}`];
  });
}

function endsOf(flow: string): readonly [source: string, destination: string, service: string] {
  const [source = "", destination = "", ...service] = flow.split(",");
  return [source, destination, service.join(",")];
}

function addressesOf(servers: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...servers].map((server) => server.split(",")[0] ?? ""));
}
