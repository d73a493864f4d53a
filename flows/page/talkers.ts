import type { Connection } from "../../flow-logs/connections";
import type { Facts } from "./facts";

const MAX_SERVERS = 10;
const MAX_CLIENTS = 12;

/** A side of the picture: an address, or how many others. */
export interface Talker {
  readonly name: string;
  readonly weight: number;
}

/** Who talks to whom most: the heaviest servers and clients, and what is between them. */
export interface Talkers {
  readonly clients: readonly Talker[];
  readonly servers: readonly Talker[];
  /** `weights[client][server]` */
  readonly weights: readonly (readonly number[])[];
}

interface Client {
  readonly name: string;
  readonly weights: number[];
  weight: number;
}

/** Finds them among connections that are sorted by client; the others are added up on either side. */
export function talkersOf(connections: Iterable<Connection>, { servers, clients, weigh }: Facts): Talkers {
  const heaviest = [...servers.values()].sort((one, other) => weigh(other) - weigh(one)).slice(0, MAX_SERVERS);
  const places = new Map(heaviest.map(({ server }, place) => [server, place]));
  const others = heaviest.length;
  const newClient = (name: string): Client => ({ name, weight: 0, weights: Array<number>(others + 1).fill(0) });

  const top: Client[] = [];
  const rest = newClient("");
  for (const client of clientsOf(connections, newClient, (connection, client) => {
    const place = places.get(connection.server) ?? others;
    const weight = weigh(connection);
    client.weights[place] = (client.weights[place] ?? 0) + weight;
    client.weight += weight;
  })) {
    top.push(client);
    if (top.length <= MAX_CLIENTS) continue;
    top.sort((one, other) => other.weight - one.weight);
    add(rest, top.pop());
  }
  top.sort((one, other) => other.weight - one.weight);

  const restCount = clients - top.length;
  const shown = restCount > 0 ? [...top, { ...rest, name: othersText(restCount, "client") }] : top;
  const serverSides = heaviest.map((facts) => ({ name: facts.server, weight: weigh(facts) }));
  const otherServers = servers.size - heaviest.length;
  if (otherServers > 0) {
    const weight = shown.reduce((sum, { weights }) => sum + (weights[others] ?? 0), 0);
    serverSides.push({ name: othersText(otherServers, "server"), weight });
  }
  return {
    clients: shown.map(({ name, weight }) => ({ name, weight })),
    servers: serverSides,
    weights: shown.map(({ weights }) => weights.slice(0, serverSides.length)),
  };
}

/** Each client once all of its connections have been added to it. */
function* clientsOf(
  connections: Iterable<Connection>,
  newClient: (name: string) => Client,
  addTo: (connection: Connection, client: Client) => void,
): Generator<Client, void, undefined> {
  let client: Client | undefined;
  for (const connection of connections) {
    if (connection.client !== client?.name) {
      if (client) yield client;
      client = newClient(connection.client);
    }
    addTo(connection, client);
  }
  if (client) yield client;
}

function add(to: Client, client: Client | undefined): void {
  if (client === undefined) return;
  to.weight += client.weight;
  for (const [place, weight] of client.weights.entries()) to.weights[place] = (to.weights[place] ?? 0) + weight;
}

function othersText(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} other ${noun}${count === 1 ? "" : "s"}`;
}
