/**
 * The AWS provider stand-in as a process. The engine attaches to the port that it prints.
 *
 * Environment: AWS_ENDPOINT_URL (the emulator), AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, SANDBOX_RUN (the run folder).
 */
import { randomBytes } from "node:crypto";
import { main } from "@pulumi/pulumi/provider";
import { awsClients } from "./clients";
import { endWithParent } from "./end-with-parent";
import { INVOKES } from "./invokes";
import { openLedger } from "./ledger";
import { openWorld } from "./open-world";
import { awsProvider } from "./provider";
import { RESOURCE_TYPES } from "./resource-types";

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`the AWS stand-in needs ${name} in its environment; startProvider sets it`);
  return value;
}

const hex = (digits: number): string => randomBytes(digits).toString("hex").slice(0, digits);
const run = environment("SANDBOX_RUN");
const region = environment("AWS_REGION");
const endpoint = environment("AWS_ENDPOINT_URL");
const credentials = {
  accessKeyId: environment("AWS_ACCESS_KEY_ID"),
  secretAccessKey: environment("AWS_SECRET_ACCESS_KEY"),
};
const awsIn = (place: string) => awsClients({ endpoint, region: place, credentials });
const aws = awsIn(region);

endWithParent();
void main(
  awsProvider({
    types: RESOURCE_TYPES,
    invokes: INVOKES,
    ledger: openLedger(run),
    openWorld: () => openWorld({ aws, awsIn, region, run, hex, now: () => new Date() }),
    hex,
    log: (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
  }),
  process.argv.slice(2),
);
