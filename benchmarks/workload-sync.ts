import type { NetworkInterface } from "@aws-sdk/client-ec2";
import { resourcesOf } from "../functions/workload-sync/inventory";
import { createWorkloadSync, type SyncOutcome } from "../functions/workload-sync/workload-sync";
import { fixedCredentials } from "../illumio/client/credentials";
import { deadlineIn } from "../illumio/client/deadline";
import { Pce as PceClient } from "../illumio/client/pce";
import { startPce } from "../sandbox/pce/server";
import type { Benchmark, Figures, Table } from "./benchmark";

/** What a run may ask of the PCE, and how long it may take, for 10,000 interfaces. */
export const LIMITS = { requests: 30, seconds: 60 };

const VPC = "vpc-0a1b";
const LABELS = { role: { tag: "Role" }, env: { tag: "env", default: "prod" } };

interface Run extends Pick<SyncOutcome, "requests" | "created" | "updated" | "deleted"> {
  readonly what: string;
  readonly seconds: number;
}

/** How many requests and how much time workloads of a large VPC take. */
export const WORKLOAD_SYNC: Benchmark = { name: "workload-sync", run: () => measureWorkloadSync() };

/** Measures a sync before a PCE stand-in of its own, with its function's share of requests; a test asks for fewer interfaces. */
export async function measureWorkloadSync(interfaces = 10_000): Promise<Figures> {
  const pce = await startPce();
  // one for each run: the runs of a function are minutes apart, and have a minute's requests each
  const newClient = () =>
    new PceClient({
      endpoint: { host: pce.host, port: pce.port, ca: pce.caCertificate },
      orgId: pce.orgId,
      credentials: fixedCredentials(pce.credentials.apiKeyId, pce.credentials.apiSecret),
      requestsPerMinute: 60,
    });
  let client = newClient();
  let described: readonly NetworkInterface[] = [];
  let nowMs = Date.now();
  const silent = () => undefined;
  const sync = createWorkloadSync({
    config: {
      externalDataSet: "rds-sightline/123456789012/eu-west-1/bench/workloads",
      labels: LABELS,
      graceMs: 60_000,
    },
    readInventory: async () => resourcesOf({ vpcId: VPC, interfaces: described, instances: [], databases: [] }),
    pce: (deadline, onAnswer) => client.within(deadline, onAnswer),
    log: { info: silent, warn: silent, error: silent },
    metrics: { addMetric: silent, publishStoredMetrics: silent },
    now: () => nowMs,
  });
  const runs: Run[] = [];
  const measure = async (what: string, now: readonly NetworkInterface[]) => {
    described = now;
    client.close();
    client = newClient();
    const startedMs = performance.now();
    const { requests, created, updated, deleted } = await sync({}, deadlineIn(300_000));
    runs.push({ what, requests, created, updated, deleted, seconds: (performance.now() - startedMs) / 1_000 });
  };
  try {
    await measure("all are new", interfacesWith(interfaces, "web"));
    await measure("nothing has changed", described);
    await measure("each has another label", interfacesWith(interfaces, "db"));
    await measure("all are gone", []);
    nowMs += 60_000;
    await measure("the grace period is over", []);
  } finally {
    client.close();
    await pce.close();
  }
  return { figures: { interfaces, runs, limits: LIMITS }, tables: [tableOf(runs, interfaces)] };
}

function interfacesWith(count: number, role: string): readonly NetworkInterface[] {
  return Array.from({ length: count }, (_, index) => ({
    NetworkInterfaceId: `eni-${index.toString(16).padStart(17, "0")}`,
    VpcId: VPC,
    PrivateIpAddress: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    Description: "AWS Lambda VPC ENI",
    TagSet: [{ Key: "Role", Value: role }],
  }));
}

function tableOf(runs: readonly Run[], interfaces: number): Table {
  return {
    title: `A run of workload-sync with ${interfaces} network interfaces, before a PCE stand-in`,
    rows: [
      ["when", "requests", "created", "updated", "deleted", "seconds"],
      ...runs.map(({ what, requests, created, updated, deleted, seconds }) => [
        what,
        ...[requests, created, updated, deleted].map(String),
        seconds.toFixed(1),
      ]),
      ["the limit", `${LIMITS.requests}`, "", "", "", `${LIMITS.seconds}`],
    ],
  };
}
