import type { ColumnPlan } from "./column-plan";
import { KERNEL_CODE } from "./kernel-code";

// The kernel is WebAssembly, compiled from flow-logs/kernel: it reads lines, keeps conversations and makes connections of them. What is
// rare (headers, other formats, bad lines) it leaves to us, with the number of what stopped it.

// TypeScript has these in its library for browsers only, and Node's types have the names alone
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => CompiledModule;
  readonly Instance: new (module: CompiledModule) => { readonly exports: unknown };
};
type CompiledModule = { readonly kind: "WebAssembly.Module" };
type Counter = { readonly value: number };

/** Room in the kernel's tables, each a power of two from 2048 to 1,048,576. Nothing is taken before it is needed. */
export interface Capacity {
  /** Conversations until they are made connections of; 56 bytes each, and 8 for finding them. */
  readonly conversations: number;
  /** Connections until they have to be taken out; 48 bytes each, 8 for finding them, and 8 for sorting. */
  readonly connections: number;
  /** Different IPv6 addresses at a time; 16 bytes each, and 8 for finding them. From 16,384 on. */
  readonly ipv6Addresses: number;
  /**
   * Connections of files before that are kept while others are read; as large, and no fewer than `connections`.
   * @default - none
   */
  readonly keptConnections?: number;
}

/** 17, 34 and 3 MB when all of them are full. */
export const DEFAULT_CAPACITY: Capacity = Object.freeze({
  conversations: 2 ** 18,
  connections: 2 ** 19,
  ipv6Addresses: 2 ** 17,
});

/** What the kernel's functions are; see flow-logs/kernel/index.ts for what they do. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  prepare(conversations: number, connections: number, ipv6Addresses: number): void;
  begin(): void;
  scan(length: number): number;
  resume(): number;
  readAgain(): number;
  expectFields(count: number): void;
  addServicePort(port: number): void;
  clearServicePorts(): void;
  keepTime(from: number, to: number): void;
  addressTextAt(): number;
  addressOf(length: number): number;
  scanRows(count: number): number;
  resumeRows(): number;
  nextRow(): number;
  hasRoom(): number;
  foldConversations(): number;
  sortConnections(): number;
  dropConnections(): void;
  prepareKept(capacity: number): void;
  canKeep(): number;
  keepConnections(): void;
  keptCount(): number;
  sortKept(): number;
  dropKept(): void;
  conversationCount(): number;
  connectionCount(): number;
  ipv6AddressAt(code: number): number;
  inputAt(): number;
  inputBytes(): number;
  planAt(): number;
  lineStart(): number;
  lineEnd(): number;
  fieldCount(): number;
  fieldStart(field: number): number;
  fieldEnd(field: number): number;
  readonly lines: Counter;
  readonly blanks: Counter;
  readonly accepted: Counter;
  readonly rejected: Counter;
  readonly noData: Counter;
  readonly skipData: Counter;
}

/** An instance with tables of its own; its memory is small until it has read something. */
export type Kernel = KernelExports;

let compiled: CompiledModule | undefined;

/** Makes an instance: about a millisecond. One reads one file after the other, and keeps the memory of the largest. */
export function newKernel(capacity: Capacity = DEFAULT_CAPACITY): Kernel {
  const { conversations, connections, ipv6Addresses, keptConnections } = capacity;
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_CODE, "base64"));
  const kernel = new WebAssembly.Instance(compiled).exports as Kernel;
  kernel.prepare(conversations, connections, ipv6Addresses);
  if (keptConnections !== undefined) kernel.prepareKept(keptConnections);
  return kernel;
}

/** The columns in the order in which flow-logs/kernel/record.ts knows them. */
const COLUMNS = [
  "source",
  "destination",
  "packetSource",
  "packetDestination",
  "sourcePort",
  "destinationPort",
  "protocol",
  "tcpFlags",
  "packets",
  "bytes",
  "start",
  "end",
  "action",
  "logStatus",
] as const satisfies readonly (keyof ColumnPlan)[];

/** Has the kernel read lines of this format from now on. */
export function useFormat(kernel: Kernel, plan: ColumnPlan): void {
  new Int32Array(kernel.memory.buffer, kernel.planAt(), COLUMNS.length).set(COLUMNS.map((column) => plan[column]));
  kernel.expectFields(plan.width);
}

/** What stopped the kernel: the numbers of flow-logs/kernel/trouble.ts. */
export const TROUBLE = {
  none: 0,
  noRoom: 1,
  skipData: 2,
  width: 3,
  controlBytes: 4,
  logStatus: 5,
  protocol: 6,
  sourcePort: 7,
  destinationPort: 8,
  tcpFlags: 9,
  packets: 10,
  bytes: 11,
  start: 12,
  end: 13,
  action: 14,
  source: 15,
  destination: 16,
} as const;

const REASONS: ReadonlyMap<number, string> = new Map([
  [TROUBLE.controlBytes, "it has control bytes"],
  [TROUBLE.logStatus, "log-status is not OK, NODATA or SKIPDATA"],
  [TROUBLE.protocol, "protocol is not a number from 0 to 255"],
  [TROUBLE.sourcePort, "srcport is not a port"],
  [TROUBLE.destinationPort, "dstport is not a port"],
  [TROUBLE.tcpFlags, "tcp-flags is not a number"],
  [TROUBLE.packets, "packets is not a number"],
  [TROUBLE.bytes, "bytes is not a number"],
  [TROUBLE.start, "start is not a time"],
  [TROUBLE.end, "end is not a time"],
  [TROUBLE.action, "action is not ACCEPT or REJECT"],
  [TROUBLE.source, "the source is not an address"],
  [TROUBLE.destination, "the destination is not an address"],
]);

/** What is wrong with a line, for people; nothing of the line's own text. Whoever knows the widths says WIDTH's reason itself. */
export function reasonOf(trouble: number): string {
  const reason = REASONS.get(trouble);
  if (reason === undefined) throw new RangeError(`there is no reason for trouble ${trouble}`);
  return reason;
}
