import { createHash } from "node:crypto";
import { DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { planSubnets, ZONES } from "../../components/cidr-plan";
import { resolver } from "../aws/dns";
import { deliverFlowLogs, type FlowLogDestination, flowLogDestinations } from "../aws/flow-delivery";
import { ACCOUNT_ID } from "../aws/moto";
import { awsClients } from "../aws/provider/clients";
import { type DatabaseRecord, listDatabases } from "../aws/registry";
import { builtInTraffic, type FlowFiles, filesOf } from "./flow-files";
import { type Forwarded, forwardProblems, forwardReport } from "./forward-checks";
import type { ForwardReport } from "./report";
import { functionLogs } from "./run-folder";
import type { Sandbox } from "./sandbox";
import { StepError } from "./step-error";

const IDLE_DEADLINE_MS = 120_000;
const HASH_DIGITS = 8;

/** What the forwarding step works with. */
export interface ForwardOptions {
  readonly sandbox: Sandbox;
  /** Flow-log files to forward in place of the built-in traffic. */
  readonly logs: readonly string[];
  readonly progress: (sentence: string) => void;
}

/**
 * Delivers flow logs and compares what arrived at the PCE with the truth. The PCE fails once on the way, so that a retry is part of every
 * tour. Rejects with `StepError` when anything was lost, invented or refused.
 */
export async function forwardFlows({ sandbox, logs, progress }: ForwardOptions): Promise<ForwardReport> {
  const { moto, region, admin, pce, run, runner } = sandbox;
  const delivery = { endpoint: moto.url, region, credentials: admin };
  const [destination] = await flowLogDestinations(delivery);
  const [database] = await listDatabases(run.path);
  if (destination === undefined || database === undefined) {
    throw new StepError("nothing to forward", ["the stack has no flow log or no database"], [run.log("pulumi-up")]);
  }

  const flows = await flowsOf(sandbox, { database, destination, logs });
  progress(`delivering ${flows.files.length} objects to s3://${destination.bucket}`);
  pce.inject({ kind: "status", status: 503 });
  const keys = await deliver(destination, flows, delivery);
  progress(`forwarding ${keys.length} objects`);
  await settle(sandbox);

  const forwarded: Forwarded = {
    metrics: runner.metrics(),
    pce: pce.counters(),
    flows: pce.flows(),
    objects: keys.length,
    deadLetters: await runner.deadLetters(),
  };
  const problems = [...forwardProblems(forwarded, flows.expected), ...failuresOf(sandbox, forwarded)];
  if (problems.length > 0) {
    throw new StepError("the flow logs and the PCE do not agree", problems, logsOf(sandbox));
  }
  return forwardReport(forwarded, flows.expected);
}

interface FlowsOptions {
  readonly database: DatabaseRecord;
  readonly destination: FlowLogDestination;
  readonly logs: readonly string[];
}

/** The database is found as a client finds it: by the endpoint's name. Its clients are in the private tier. */
async function flowsOf(sandbox: Sandbox, { database, destination, logs }: FlowsOptions): Promise<FlowFiles> {
  const { dns, region } = sandbox;
  const { address, port, standby } = database;
  if (logs.length > 0) return filesOf(logs, port, new Date());

  const found = await resolver(dns.port).resolve4(address);
  const planned = planSubnets(await vpcCidr(sandbox), ZONES).filter(({ tier }) => tier === "private");
  return builtInTraffic(
    {
      databases: [...found, ...(standby ? [standby.ip] : [])],
      clientSubnets: planned.map(({ cidr }) => cidr),
      servicePort: port,
      folders: destination.layout.startsWith("hive") ? "hive" : "plain",
      account: ACCOUNT_ID,
      region,
    },
    new Date(),
  );
}

async function vpcCidr({ moto, region, admin, run }: Sandbox): Promise<string> {
  const { ec2 } = awsClients({ endpoint: moto.url, region, credentials: admin });
  const { Vpcs: vpcs = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["false"] }] }),
  );
  const cidr = vpcs[0]?.CidrBlock;
  if (cidr === undefined) throw new StepError("nothing to forward", ["there is no VPC"], [run.log("pulumi-up")]);
  return cidr;
}

async function deliver(
  destination: FlowLogDestination,
  { files }: FlowFiles,
  options: Parameters<typeof deliverFlowLogs>[2],
): Promise<string[]> {
  const keys: string[] = [];
  for (const [index, { body, time, layout }] of files.entries()) {
    // two files with the same text are two objects
    const hash = createHash("sha256").update(`${index}`).update(body).digest("hex").slice(0, HASH_DIGITS);
    const place = { ...destination, ...(layout && { layout }) };
    keys.push(...(await deliverFlowLogs(place, [{ body, time, hash }], options)));
  }
  return keys;
}

async function settle(sandbox: Sandbox): Promise<void> {
  try {
    await sandbox.runner.idle(IDLE_DEADLINE_MS);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const denials = await sandbox.moto.denials();
    throw new StepError("forwarding did not come to an end", [why, ...denials], logsOf(sandbox), { cause });
  }
}

// a message that succeeded after all was a failure on the way: worth a line only when something is missing
function failuresOf({ runner }: Sandbox, { deadLetters }: Forwarded): string[] {
  if (deadLetters === 0) return [];
  const reasons = runner.invocations().flatMap(({ reason }) => reason ?? []);
  return [...new Set(reasons)].map((reason) => `the function failed: ${reason}`);
}

const logsOf = ({ run }: Sandbox): string[] => [functionLogs(run), run.log("pce")];
