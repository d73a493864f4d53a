import { type Conversation, LIFECYCLES, type View } from "./conversation";
import { type NetworkInterface, NOT_COMPUTED } from "./flow-record";
import type { Landscape } from "./landscape";
import type { SeededRandom } from "./seeded-random";

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const FIRST_EPHEMERAL_PORT = 32_768;
const LAST_EPHEMERAL_PORT = 60_999;
const WEB_PORTS = [443, 6379, 8080, 9092];
const SCANNED_PORTS = [22, 23, 445, 1433, 3389, 8443];

/** What a kind of conversation is made from. */
export interface Setting {
  readonly landscape: Landscape;
  /** The database's port. */
  readonly servicePort: number;
  readonly random: SeededRandom;
}

/** A kind of traffic; some are several conversations. */
export interface ConversationKind {
  readonly name: string;
  /** How often it comes, relative to the others, after each has come once. */
  readonly weight: number;
  /** True when only TCP flags tell the server, so that a format without them cannot have it. */
  readonly needsFlags?: boolean;
  make(setting: Setting): Conversation[];
}

/** Everything that the built-in traffic contains. Who is the server is knowable by design.md's rules in each of them. */
export const CONVERSATION_KINDS: readonly ConversationKind[] = [
  {
    name: "query",
    weight: 40,
    make: (s) => [{ ...toDatabase(s), intervals: LIFECYCLES[s.random.chance(0.1) ? "aborted" : "short"] }],
  },
  { name: "session", weight: 15, make: (s) => [{ ...toDatabase(s), intervals: LIFECYCLES.session }] },
  { name: "pooled", weight: 15, make: (s) => [{ ...toDatabase(s), intervals: LIFECYCLES.pooled }] },
  {
    // the client's interface is logged too: the same traffic, four records for an interval
    name: "two-views",
    weight: 8,
    make(setting) {
      const { client, database } = pair(setting);
      return [
        {
          ...base(setting),
          intervals: LIFECYCLES.short,
          views: [atServer(client, database), atClient(client, database)],
        },
      ];
    },
  },
  {
    // a pod's packets leave through its node, whose interface shows the node's own address
    name: "pod",
    weight: 5,
    make(setting) {
      const { client: pod, database } = pair(setting);
      const node = setting.random.pick(setting.landscape.nodes);
      const fromNode = { ...atClient(node, database), packetClient: pod.address, packetServer: database.address };
      return [{ ...base(setting), intervals: LIFECYCLES.session, views: [atServer(pod, database), fromNode] }];
    },
  },
  {
    // a client of another network: the transit gateway's interface shows itself as the source
    name: "transit",
    weight: 5,
    make(setting) {
      const { landscape, random } = setting;
      const database = random.pick(landscape.databases);
      const view = { ...atClient(landscape.transit, database), packetClient: random.pick(landscape.remoteClients) };
      return [{ ...base(setting), intervals: LIFECYCLES.short, views: [view] }];
    },
  },
  {
    name: "ipv6",
    weight: 5,
    make(setting) {
      const { landscape, random } = setting;
      const view = atServer(random.pick(landscape.clients6), random.pick(landscape.databases6));
      return [{ ...base(setting), intervals: LIFECYCLES.short, views: [view] }];
    },
  },
  {
    name: "packet-addresses-not-computed",
    weight: 2,
    make(setting) {
      const { client, database } = pair(setting);
      const view = { ...atServer(client, database), packetClient: NOT_COMPUTED, packetServer: NOT_COMPUTED };
      return [{ ...base(setting), intervals: LIFECYCLES.session, views: [view] }];
    },
  },
  {
    name: "scan",
    weight: 4,
    make(setting) {
      const { client, database } = pair(setting);
      return [...SCANNED_PORTS, setting.servicePort].map((serverPort) => ({
        ...base(setting),
        serverPort,
        intervals: [{ request: 2, reply: 0 }],
        views: [atServer(client, database)],
        action: "REJECT",
        isAnswered: false,
      }));
    },
  },
  {
    // a packet after the connection was closed: REJECT, though the connection was let in
    name: "late-packet",
    weight: 2,
    make(setting) {
      const accepted = { ...toDatabase(setting), intervals: LIFECYCLES.short };
      return [accepted, { ...accepted, intervals: [{ request: 4, reply: 0 }], action: "REJECT", isAnswered: false }];
    },
  },
  { name: "web", weight: 4, make: (s) => [{ ...toPeer(s, s.random.pick(WEB_PORTS)), intervals: LIFECYCLES.short }] },
  { name: "dns", weight: 4, make: (s) => [{ ...toPeer(s, 53), protocol: UDP, intervals: LIFECYCLES.flagless }] },
  {
    // without ports nothing but the direction tells the server, so only one direction is logged
    name: "ping",
    weight: 1,
    make: (s) => [
      { ...toPeer(s, 0), clientPort: 0, protocol: ICMP, intervals: LIFECYCLES.flagless, isAnswered: false },
    ],
  },
  {
    // both ports ephemeral, as in a passive FTP transfer: only the first interval's flags tell the server
    name: "data-channel",
    weight: 2,
    needsFlags: true,
    make: (s) => [{ ...toPeer(s, ephemeralPort(s)), intervals: LIFECYCLES.session }],
  },
];

function toDatabase(setting: Setting): Omit<Conversation, "intervals"> {
  const { client, database } = pair(setting);
  return { ...base(setting), views: [atServer(client, database)] };
}

function toPeer(setting: Setting, serverPort: number): Omit<Conversation, "intervals"> {
  const { landscape, random } = setting;
  return {
    ...base(setting),
    serverPort,
    views: [atClient(random.pick(landscape.clients), random.pick(landscape.peers))],
  };
}

function base(setting: Setting) {
  return { clientPort: ephemeralPort(setting), serverPort: setting.servicePort, protocol: TCP };
}

function pair({ landscape, random }: Setting) {
  return { client: random.pick(landscape.clients), database: random.pick(landscape.databases) };
}

/** A client's port: never the database's, should that be so high. */
function ephemeralPort({ random, servicePort }: Setting): number {
  const port = random.integer(FIRST_EPHEMERAL_PORT, LAST_EPHEMERAL_PORT - 1);
  return port === servicePort ? port + 1 : port;
}

function atServer(client: NetworkInterface, server: NetworkInterface): View {
  return { at: server, isAtClient: false, client: client.address, server: server.address };
}

function atClient(client: NetworkInterface, server: NetworkInterface): View {
  return { at: client, isAtClient: true, client: client.address, server: server.address };
}
