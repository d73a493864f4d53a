import type { Look } from "./look";
import { canonicalAddress, registeredIn } from "./targets";
import type { Trigger } from "./trigger";

/**
 * A move up to this long before an event of a failover may be the move that the event is about: RDS says "completed" after DNS has
 * moved, events arrive late, and more than one tells of the same failover.
 */
export const MOVE_BEFORE_EVENT_MS = 300_000;

/** Remembers, for as long as an execution environment lives, when the database's address last moved. */
export class Moves {
  #addresses: string | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Takes in a look. In the first one, a group without one of the addresses shows that it moved since the last run. */
  note({ wanted, listed }: Pick<Look, "wanted" | "listed">, nowMs: number): void {
    const addresses = addressesOf(wanted);
    if (
      this.#addresses === undefined
        ? hasMovedSince(registeredIn(listed), addresses)
        : this.#addresses !== keyOf(addresses)
    )
      this.#lastMs = nowMs;
    this.#addresses = keyOf(addresses);
  }

  /**
   * RDS has announced a failover, and the address has not moved since. After a completion the move may have come before; after
   * anything else it comes later, also when the move of another failover was minutes ago.
   */
  isAwaited(trigger: Trigger): boolean {
    if (trigger.kind !== "failover") return false;
    return trigger.isCompleted ? !this.#mayExplain(trigger.at) : this.#lastMs < trigger.at;
  }

  /** That no move follows is a failure: RDS promised one, and none was seen that the promise could be about. */
  isOwed(trigger: Trigger): boolean {
    return trigger.kind === "failover" && trigger.promisesMove && !this.#mayExplain(trigger.at);
  }

  #mayExplain(announcedMs: number): boolean {
    return this.#lastMs >= announcedMs - MOVE_BEFORE_EVENT_MS;
  }
}

// an empty group, as the first deployment leaves it, says nothing
function hasMovedSince(registered: readonly { readonly ip: string }[], addresses: readonly string[]): boolean {
  const before = addressesOf(registered);
  return before.length > 0 && addresses.some((ip) => !before.includes(ip));
}

function addressesOf(targets: readonly { readonly ip: string }[]): readonly string[] {
  return [...new Set(targets.map(({ ip }) => canonicalAddress(ip)))].sort();
}

function keyOf(addresses: readonly string[]): string {
  return addresses.join(" ");
}
