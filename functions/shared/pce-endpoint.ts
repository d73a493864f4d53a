import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PceEndpoint } from "../../illumio/client/pce-transport";
import type { PceConfig } from "./pce-environment";

/** Where the PCE is. The certificates to trust are beside the bundle, in the code package. */
export function pceEndpoint({ host, port, caFile }: PceConfig): PceEndpoint {
  return caFile === undefined ? { host, port } : { host, port, ca: readFileSync(join(__dirname, caFile), "utf8") };
}
