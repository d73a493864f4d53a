import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { awsClients } from "../../../sandbox/aws/provider/clients";
import { INVOKES } from "../../../sandbox/aws/provider/invokes";
import { openLedger } from "../../../sandbox/aws/provider/ledger";
import { openWorld } from "../../../sandbox/aws/provider/open-world";
import { awsProvider } from "../../../sandbox/aws/provider/provider";
import { RESOURCE_TYPES } from "../../../sandbox/aws/provider/resource-types";
import type { Properties } from "../../../sandbox/aws/provider/wire";
import { emulator } from "./emulator";

/** A resource that a test made. */
export interface Made {
  readonly id: string;
  /** Outputs as they are on the wire: secrets are marked. */
  readonly outs: Properties;
  readonly delete: () => Promise<void>;
}

/** The AWS stand-in in this process, called as the engine calls it. */
export interface StandIn {
  readonly provider: ReturnType<typeof awsProvider>;
  readonly aws: ReturnType<typeof awsClients>;
  readonly run: string;
  readonly region: string;
  readonly log: readonly string[];
  /** Checks and creates, as the engine does. */
  readonly make: (type: string, name: string, inputs: Properties) => Promise<Made>;
  /** Checks, asks for the difference, and updates in place when there is one; fails when it would replace. */
  readonly change: (made: Made, type: string, name: string, before: Properties, inputs: Properties) => Promise<Made>;
}

// moto keeps regions apart, so tests cannot see each other's resources; IAM and bucket names are global, and have random suffixes
const REGIONS = [
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-central-1",
  "eu-north-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];
let taken = 0;

/** The URN that the engine would give. */
export const urnOf = (type: string, name: string): string => `urn:pulumi:dev::small::${type}::${name}`;

/** The AWS stand-in against the emulator, with a run folder of its own. */
export async function standIn(): Promise<StandIn> {
  const { url, folder } = await emulator();
  const run = await mkdtemp(join(folder, "run-"));
  const region = REGIONS[taken % REGIONS.length] ?? "eu-west-1";
  taken += 1;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const awsIn = (place: string) => awsClients({ endpoint: url, region: place, credentials });
  const aws = awsIn(region);
  const log: string[] = [];
  let names = taken * 1000;
  const hex = (digits: number): string => {
    names += 1;
    return names.toString(16).padStart(digits, "0").slice(-digits);
  };
  const provider = awsProvider({
    types: RESOURCE_TYPES,
    invokes: INVOKES,
    ledger: openLedger(run),
    openWorld: () => openWorld({ aws, awsIn, region, run, hex, now: () => new Date("2026-01-02T03:04:05Z") }),
    hex,
    log: (line) => log.push(line),
  });
  const asMade = (id: string, type: string, name: string, outs: Properties): Made => ({
    id,
    outs,
    delete: () => provider.delete(id, urnOf(type, name), outs),
  });
  return {
    provider,
    aws,
    run,
    region,
    log,
    make: async (type, name, inputs) => {
      const urn = urnOf(type, name);
      const checked = await provider.check(urn, {}, inputs);
      const { id, outs } = await provider.create(urn, checked.inputs);
      return asMade(id, type, name, outs as Properties);
    },
    change: async (made, type, name, before, inputs) => {
      const urn = urnOf(type, name);
      const old = (await provider.check(urn, {}, before)).inputs as Properties;
      const kept = Object.fromEntries(Object.keys(old).map((key) => [key, made.outs[key]]));
      const checked = await provider.check(urn, kept, inputs);
      const { replaces } = await provider.diff(made.id, urn, made.outs, checked.inputs);
      if (replaces?.length) throw new Error(`it would be replaced for ${replaces.join(", ")}`);
      const { outs } = await provider.update(made.id, urn, made.outs, checked.inputs);
      return asMade(made.id, type, name, outs as Properties);
    },
  };
}

/** The text output with this name. */
export function text(made: Made, output: string): string {
  const value = made.outs[output];
  if (typeof value !== "string") throw new Error(`${output} is ${typeof value}, not a text`);
  return value;
}
