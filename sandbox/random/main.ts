/** The random provider stand-in as a process. The engine attaches to the port that it prints. */
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { main } from "@pulumi/pulumi/provider";
import { endWithParent } from "../aws/provider/end-with-parent";
import { randomProvider } from "./provider";

endWithParent();
void main(
  randomProvider({ below: (limit) => randomInt(limit), bytes: randomBytes, uuid: randomUUID }),
  process.argv.slice(2),
);
