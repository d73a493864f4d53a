import { UnreadableFileError } from "./unreadable";

// source:  CloudWatch Logs user guide, "Subscription filters": {"messageType":"DATA_MESSAGE","logGroup":"...","logStream":"eni-...-all",
//          "subscriptionFilters":["..."],"logEvents":[{"id":"...","timestamp":1,"message":"2 1234 eni-..."}]}
// source:  flow logs that are delivered to Firehose: {"message":"2 1234 eni-..."}
// format:  one object after the other, as Firehose joins them in a file, with or without white space between them

/** AWS's own have 1 MB at most; what is longer is none of them, and must not be collected in memory. */
export const MAX_OBJECT_BYTES = 8 * 2 ** 20;

const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** What an object holds: lines of flow logs, or the reason why there are none to be had from so many bytes. */
export type Messages =
  | { readonly lines: readonly string[]; readonly unreadable?: never }
  | { readonly unreadable: { readonly length: number; readonly reason: string }; readonly lines?: never };

/**
 * Cuts a stream of chunks, which may end anywhere, into JSON objects, and reads the lines of flow logs in each.
 * @throws UnreadableFileError for an object that is too long or cut off: nobody can say how many lines are in it.
 */
export class JsonMessages {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #depth = 0;
  #isText = false;
  #isEscaped = false;

  /** The objects that a chunk completes. */
  *push(chunk: Buffer): Generator<Messages, void, undefined> {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (this.#isText) this.#readText(byte);
      else if (byte === QUOTE && this.#depth > 0) this.#isText = true;
      else if (byte === OPEN) this.#depth += 1;
      else if (byte === CLOSE && this.#depth > 0) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        this.#hold(chunk, start, at + 1);
        start = at + 1;
        yield this.#release();
      }
    }
    this.#hold(chunk, start, chunk.length);
  }

  /** Takes the end of the stream. */
  end(): void {
    if (Buffer.concat(this.#held).some((byte) => byte > SPACE))
      throw new UnreadableFileError(`the file's last JSON object is cut off after ${this.#heldBytes} bytes`);
  }

  #readText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isText = false;
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    this.#heldBytes += to - from;
    if (this.#heldBytes > MAX_OBJECT_BYTES)
      throw new UnreadableFileError(`the file has a JSON object of more than ${MAX_OBJECT_BYTES} bytes`);
    // a copy: the chunk may be used anew
    if (to > from) this.#held.push(Buffer.from(chunk.subarray(from, to)));
  }

  #release(): Messages {
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return messagesIn(bytes);
  }
}

/** The lines of flow logs in one JSON object. */
export function messagesIn(bytes: Buffer): Messages {
  const unreadable = (reason: string): Messages => ({ unreadable: { length: bytes.length, reason } });
  const value = parse(bytes.toString("utf8"));
  if (!isObject(value)) return unreadable("it is not a JSON object");
  // CloudWatch Logs asks with it whether the destination is there
  if (value["messageType"] === "CONTROL_MESSAGE") return { lines: [] };
  const { message, logEvents } = value;
  if (typeof message === "string") return { lines: [message] };
  if (!Array.isArray(logEvents)) return unreadable("it is a JSON object without message and without logEvents");
  const lines = logEvents.map((event: unknown) => (isObject(event) ? event["message"] : undefined));
  return lines.every((line) => typeof line === "string") ? { lines } : unreadable("a log event has no message");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
