import { createHash } from "node:crypto";
import { join } from "node:path";
import { readRecord, removeRecord, writeRecord } from "../registry";
import type { Kind, Self } from "./resource-type";
import type { Properties } from "./wire";

/** How many resources stand, by where they live. File: `<run>/provider-summary.json`. */
export interface ProviderSummary {
  /** Made in the emulator through the AWS SDK. */
  readonly emulator: number;
  /** Played by the sandbox, for example Lambda functions. */
  readonly played: number;
  /** Only written down. */
  readonly recorded: number;
  readonly types: Readonly<Record<string, { readonly kind: Kind; readonly count: number }>>;
}

/** A resource that is only written down. File: `<run>/recorded/<hash of the URN>.json`. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  /** Secrets are left out. */
  readonly inputs: Properties;
}

/** Keeps count of the resources that stand. One process writes it. */
export interface Ledger {
  made(self: Self, kind: Kind, id: string, publicInputs: Properties): Promise<void>;
  changed(self: Self, kind: Kind, id: string, publicInputs: Properties): Promise<void>;
  gone(self: Self, kind: Kind, id: string): Promise<void>;
}

const NOTHING: ProviderSummary = { emulator: 0, played: 0, recorded: 0, types: {} };

const summaryFile = (run: string): string => join(run, "provider-summary.json");

/** The resources that stand now; all zero before the first one. */
export async function readProviderSummary(run: string): Promise<ProviderSummary> {
  return (await readRecord<ProviderSummary>(summaryFile(run))) ?? NOTHING;
}

/** Opens the run's ledger; what an earlier process wrote counts on. */
export function openLedger(run: string): Ledger {
  let last: Promise<void> = Promise.resolve();
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    const turn = last.then(step);
    last = turn.catch(() => undefined);
    return turn;
  };
  const count = (self: Self, kind: Kind, by: number) =>
    inTurn(async () => writeRecord(summaryFile(run), add(await readProviderSummary(run), self.type, kind, by)));
  const record = (self: Self, kind: Kind, id: string, inputs: Properties): Promise<void> =>
    kind === "recorded"
      ? writeRecord(recordedFile(run, self.urn, id), { urn: self.urn, type: self.type, id, inputs })
      : Promise.resolve();
  return {
    changed: record,
    made: async (self, kind, id, inputs) => {
      await record(self, kind, id, inputs);
      await count(self, kind, 1);
    },
    gone: async (self, kind, id) => {
      await removeRecord(recordedFile(run, self.urn, id));
      await count(self, kind, -1);
    },
  };
}

// a replacement stands beside the old one under the same URN for a while: the id tells them apart
const recordedFile = (run: string, urn: string, id: string): string =>
  join(run, "recorded", `${createHash("sha256").update(`${urn}\n${id}`).digest("hex").slice(0, 16)}.json`);

function add(summary: ProviderSummary, type: string, kind: Kind, by: number): ProviderSummary {
  const count = Math.max(0, (summary.types[type]?.count ?? 0) + by);
  const others = Object.entries(summary.types).filter(([name]) => name !== type);
  const entries = count === 0 ? others : [...others, [type, { kind, count }] as const];
  return {
    ...summary,
    [kind]: Math.max(0, summary[kind] + by),
    types: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
