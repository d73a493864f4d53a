import assert from "node:assert/strict";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AWS_BOUNDS } from "../../../functions/shared/aws-bounds";
import { elbTargetGroup, type TargetGroup } from "../../../functions/target-sync/target-group";
import {
  type Answer,
  type Call,
  clientOptions,
  elbError,
  elbResult,
  type FakeAws,
  fakeAws,
  targetHealth,
} from "./fake-aws";

const ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/db/73e2d6bc24d8a067";
const SILENT: Answer = () => undefined;
/** Never silent, and never an answer: interim responses keep the connection busy. */
const BUSY: Answer = (response) => {
  const timer = setInterval(() => response.writeProcessing(), 10);
  response.on("close", () => clearInterval(timer));
};
const HALF: Answer = (response) => void response.writeHead(200, { "content-length": "1000" }).write("<Describe");

/** The bounds of the product, each with another time. */
function hurried(ms: number): Record<string, unknown> {
  const bounds = Object.entries(AWS_BOUNDS.requestHandler);
  return Object.fromEntries(bounds.map(([name, bound]) => [name, typeof bound === "number" ? ms : bound]));
}

describe("a target group of ELBv2", () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  async function given(
    answer: (call: Call) => Answer,
    { answerMs, deregisterMs }: { answerMs?: number; deregisterMs?: number } = {},
  ): Promise<{ group: TargetGroup; aws: FakeAws }> {
    const aws = await fakeAws(answer);
    const client = new ElasticLoadBalancingV2Client({
      ...AWS_BOUNDS,
      ...clientOptions(aws),
      ...(answerMs !== undefined && { requestHandler: hurried(answerMs) }),
    });
    cleanups.push(() => client.destroy(), aws.close);
    return { group: elbTargetGroup(client, ARN, deregisterMs === undefined ? {} : { deregisterMs }), aws };
  }

  it("lists every target with its port, state and reason", async () => {
    const { group, aws } = await given(() =>
      targetHealth([
        { ip: "10.0.20.7", port: 5432, state: "healthy" },
        { ip: "10.0.21.8", port: 5433, state: "unused", reason: "Target.NotInUse", description: "not in use" },
        { ip: "10.0.21.9", port: 5432, state: "draining" },
      ]),
    );

    assert.deepEqual(await group.describe(), [
      { ip: "10.0.20.7", port: 5432, state: "healthy" },
      { ip: "10.0.21.8", port: 5433, state: "unused", reason: "Target.NotInUse", description: "not in use" },
      { ip: "10.0.21.9", port: 5432, state: "draining" },
    ]);
    assert.deepEqual(aws.calls, [{ Action: "DescribeTargetHealth", Version: "2015-12-01", TargetGroupArn: ARN }]);
  });

  it("may be empty", async () => {
    const { group } = await given(() => targetHealth([]));

    assert.deepEqual(await group.describe(), []);
  });

  it("is not understood when it lists a target without a port", async () => {
    const { group } = await given(() => targetHealth([{ ip: "10.0.20.7", state: "healthy" }]));

    await assert.rejects(group.describe(), /listed a target without address, port or state: .*10\.0\.20\.7/);
  });

  for (const action of ["register", "deregister"] as const) {
    it(`names each target by address and port: ${action}`, async () => {
      const name = action === "register" ? "RegisterTargets" : "DeregisterTargets";
      const { group, aws } = await given(() => elbResult(name));

      await group[action]([
        { ip: "10.0.20.7", port: 5432 },
        { ip: "10.0.21.8", port: 5433 },
      ]);

      assert.deepEqual(aws.calls, [
        {
          Action: name,
          Version: "2015-12-01",
          TargetGroupArn: ARN,
          "Targets.member.1.Id": "10.0.20.7",
          "Targets.member.1.Port": "5432",
          "Targets.member.2.Id": "10.0.21.8",
          "Targets.member.2.Port": "5433",
        },
      ]);
    });
  }

  it("tries a throttled call three times in all", async () => {
    const { group, aws } = await given(() => elbError(400, "Throttling"));

    await assert.rejects(group.describe(), { name: "Throttling" });

    assert.equal(aws.calls.length, 3);
  });

  it("says at once when AWS refuses", async () => {
    const { group, aws } = await given(() => elbError(403, "AccessDenied"));

    await assert.rejects(group.register([{ ip: "10.0.20.7", port: 5432 }]), { name: "AccessDenied" });

    assert.equal(aws.calls.length, 1);
  });

  for (const [name, answer] of [
    ["never answers", SILENT],
    ["puts its answer off for ever", BUSY],
    ["stops within its answer", HALF],
  ] as const) {
    it(`gives up a service that ${name}`, async () => {
      const { group, aws } = await given(() => answer, { answerMs: 50 });
      const startedMs = Date.now();

      await assert.rejects(group.describe());

      assert.ok(aws.calls.length <= 3);
      assert.ok(Date.now() - startedMs < 3_000);
    });

    it(`stops when the signal is aborted, though the service ${name}`, async () => {
      const { group } = await given(() => answer);
      const startedMs = Date.now();

      await assert.rejects(group.describe(AbortSignal.timeout(100)));
      await assert.rejects(group.deregister([{ ip: "10.0.20.7", port: 5432 }], AbortSignal.timeout(100)));

      assert.ok(Date.now() - startedMs < 1_500);
    });
  }

  it("begins no attempt to deregister after its time, which is for all of them together", async () => {
    const { group, aws } = await given(() => SILENT, { answerMs: 200, deregisterMs: 300 });

    const ofTheRun = new AbortController().signal;
    await assert.rejects(group.deregister([{ ip: "10.0.20.7", port: 5432 }], ofTheRun), { name: "AbortError" });

    const { length } = aws.calls;
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(aws.calls.length, length);
    assert.ok(length < 3);
  });
});
