import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { readClientPath } from "../aws/client-path";
import { type Failover, failOver } from "../aws/failover";
import { awsClients } from "../aws/provider/clients";
import { listDatabases } from "../aws/registry";
import { readTargetChanges, secondsWithoutTarget } from "../aws/target-changes";
import type { FailoverReport } from "./report";
import { functionLogs } from "./run-folder";
import type { Sandbox } from "./sandbox";
import { StepError } from "./step-error";

// half a second off: looks come each second from the event on, and a whole number would be their luck
const NAME_MOVES_AFTER_MS = 3_500;
const SETTLE_DEADLINE_MS = 90_000;
const POLL_MS = 250;

// one of the networks that the tour's stack allows, and one of none
const CLIENT = "203.0.113.7";
const STRANGER = "198.51.100.7";

// first as it should be, and told twice; then as it may be: a host that is gone at once, and word of it late, or never
const FAILOVERS = [
  { what: "announced twice", events: "twice", rebuild: "when the name has moved" },
  { what: "announced late", events: "late", rebuild: "at once" },
  { what: "never announced", events: "never", rebuild: "at once" },
] as const;

/** What the failover step works with. */
export interface FailoverStepOptions {
  readonly sandbox: Sandbox;
  readonly progress: (sentence: string) => void;
}

/** One failover, and how the target group followed. */
interface Followed extends Failover {
  /** From the move of the endpoint's name until the new address was registered. */
  readonly seconds: number;
}

/**
 * Fails the database over, announced, announced late and not at all, and waits each time until the target group holds the new primary
 * alone and healthy. Rejects with `StepError` when it doesn't get there, was without a target for a moment, or when afterwards the wrong
 * clients get through to it.
 */
export async function followFailovers({ sandbox, progress }: FailoverStepOptions): Promise<FailoverReport> {
  const { elb } = clientsOf(sandbox);
  const { TargetGroups: [group] = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
  const [database] = await listDatabases(sandbox.run.path);
  if (group?.TargetGroupArn === undefined || database === undefined) {
    throw new StepError("nothing to fail over", ["the stack has no target group or no database"], logsOf(sandbox));
  }
  const targetGroupArn = group.TargetGroupArn;

  const from = Date.now();
  const followed: Followed[] = [];
  for (const { what, ...how } of FAILOVERS) {
    progress(`failing the database over, ${what}`);
    followed.push(await follow(sandbox, database.identifier, targetGroupArn, how));
  }
  await requireClients(sandbox, targetGroupArn);
  const changes = await readTargetChanges(sandbox.moto.url);
  const emptySeconds = secondsWithoutTarget(changes, targetGroupArn, { from, to: Date.now() });
  if (emptySeconds > 0) {
    throw new StepError("the target group was empty", [`for ${emptySeconds} s`], logsOf(sandbox));
  }
  // the others wait for the schedule, whose minute is played in seconds
  const [{ seconds, before, after }] = followed as [Followed];
  return { seconds, before, after, emptySeconds };
}

async function follow(
  sandbox: Sandbox,
  identifier: string,
  targetGroupArn: string,
  how: Pick<Parameters<typeof failOver>[0], "events" | "rebuild">,
): Promise<Followed> {
  const { run, moto, region, admin: credentials, dns, runner } = sandbox;
  const place = { run: run.path, endpoint: moto.url, region, credentials, dns };
  const failover = await failOver({
    ...place,
    ...how,
    identifier,
    putEvent: (event) => runner.putEvent(event),
    dnsDelayMs: NAME_MOVES_AFTER_MS,
  });
  await untilOnly(sandbox, targetGroupArn, failover.after);

  const registered = (await readTargetChanges(moto.url)).find(
    ({ at, change, ip }) => at >= failover.failedAt.getTime() && change === "register" && failover.after.includes(ip),
  );
  if (registered === undefined) {
    throw new StepError("nobody registered the new primary", [...failover.after], [run.log("moto")]);
  }
  // the look may fall between the move and the clock that notes it
  const delayMs = Math.max(0, registered.at - failover.nameMovedAt.getTime());
  return { ...failover, seconds: Math.round(delayMs / 10) / 100 };
}

/** Waits until the group holds these addresses, all healthy, and nothing else, not even draining. */
async function untilOnly(sandbox: Sandbox, targetGroupArn: string, addresses: readonly string[]): Promise<void> {
  const { elb } = clientsOf(sandbox);
  const wanted = [...addresses].map((ip) => `${ip} healthy`).join(", ");
  const deadline = Date.now() + SETTLE_DEADLINE_MS;
  for (;;) {
    const { TargetHealthDescriptions: targets = [] } = await elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
    );
    const got = targets.map(describeTarget).sort().join(", ");
    if (got === wanted) return;
    if (Date.now() > deadline) {
      const reasons = sandbox.runner.invocations().flatMap(({ reason }) => reason ?? []);
      const told = sandbox.runner.errors().map(({ message }) => message);
      const state = `after ${SETTLE_DEADLINE_MS / 1000} s it holds ${got || "nothing"}; it should hold ${wanted}`;
      throw new StepError(
        "the target group did not follow the failover",
        [state, ...new Set(reasons), ...told],
        logsOf(sandbox),
      );
    }
    await sleep(POLL_MS);
  }
}

/** Health checks begin at the load balancer; this is about the way there, and about the addresses that the database sees. */
async function requireClients(sandbox: Sandbox, targetGroupArn: string): Promise<void> {
  const follow = (from: string) => readClientPath(sandbox.moto.url, { from, targetGroupArn });
  const [client, stranger] = await Promise.all([follow(CLIENT), follow(STRANGER)]);
  const wrong = [
    ...(client.getsThrough ? [] : [`${CLIENT} is allowed and does not get through: ${client.stop}`]),
    ...(stranger.getsThrough ? [`${STRANGER} is not allowed and gets through`] : []),
  ];
  if (wrong.length > 0)
    throw new StepError("the front door does not let the right clients through", wrong, logsOf(sandbox));
}

function describeTarget({ Target, TargetHealth }: TargetHealthDescription): string {
  return `${Target?.Id} ${TargetHealth?.State}`;
}

const clientsOf = ({ moto, region, admin }: Sandbox) => awsClients({ endpoint: moto.url, region, credentials: admin });

const logsOf = ({ run }: Sandbox): string[] => [functionLogs(run), run.log("moto")];
