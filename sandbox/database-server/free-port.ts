import { once } from "node:events";
import { createServer } from "node:net";

/** A port of an address that nobody listens on. */
export async function freePort(address: string): Promise<number> {
  const server = createServer();
  server.listen(0, address);
  await once(server, "listening");
  const place = server.address();
  await new Promise((done) => server.close(done));
  if (place === null || typeof place === "string") throw new Error("the system gave no port");
  return place.port;
}
