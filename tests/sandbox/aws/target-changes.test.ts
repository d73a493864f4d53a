import assert from "node:assert/strict";
import { secondsWithoutTarget, type TargetChange } from "../../../sandbox/aws/target-changes";

const GROUP = "arn:group";
const change = (at: number, what: TargetChange["change"], ip = "10.0.0.1", of = GROUP): TargetChange => ({
  at,
  targetGroupArn: of,
  ip,
  port: 5432,
  change: what,
});
const span = { from: 1000, to: 11_000 };
const seconds = (...changes: readonly TargetChange[]): number => secondsWithoutTarget(changes, GROUP, span);

describe("the time without a target", () => {
  it("is the whole span when nothing was registered in this group", () => {
    assert.equal(seconds(change(0, "register", "10.0.0.1", "arn:other")), 10);
  });

  it("is none when a target was registered before the span and stays", () => {
    assert.equal(seconds(change(500, "register"), change(2500, "healthy")), 0);
  });

  it("is none when the new target comes before the old one goes", () => {
    const moved = [change(0, "register"), change(3000, "register", "10.0.0.2"), change(4000, "deregister")];

    assert.equal(seconds(...moved), 0);
  });

  it("counts from a deregistration on, not from the end of its draining", () => {
    const emptied = [change(0, "register"), change(3000, "deregister"), change(8000, "gone")];

    assert.equal(seconds(...emptied, change(9000, "register", "10.0.0.2")), 6);
  });

  it("leaves out what was before and after the span", () => {
    assert.equal(seconds(change(0, "register"), change(500, "deregister"), change(20_000, "register")), 10);
  });
});
