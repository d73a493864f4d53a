import { collect } from "./collection";
import type { Deadline } from "./deadline";
import { RejectedError, UnexpectedAnswerError } from "./pce-errors";
import type { PceSession, Terms } from "./pce-session";
import type { PceAnswer, PceMethod } from "./pce-transport";
import { toWire } from "./wire";

/** The parameters of a GET. */
export type Query = Readonly<Record<string, string | number | boolean>>;

/** An answer of success. */
export interface PceReply {
  readonly status: number;
  readonly headers: PceAnswer["headers"];
  /** The JSON of the body; undefined when there is none. */
  readonly body: unknown;
}

/** What a request may be given beside its body. */
export interface JsonRequest<T> {
  readonly what: string;
  readonly path: string;
  /** Asked at each attempt; its keys go out in snake case, without nulls. */
  readonly body?: () => unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxAnswerBytes?: number;
  /** What the answer means. */
  readonly read: (reply: PceReply) => T;
  /** See `PceRequest.lookFirst`. */
  readonly lookFirst?: () => Promise<T | undefined>;
}

/** 500 workloads are some 2 MB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Requests with JSON bodies of one organisation, all held to one deadline. */
export class PceRequests {
  /** `/orgs/1`: what every href of the organisation begins with. */
  readonly org: string;
  readonly deadline: Deadline;
  readonly #session: PceSession;
  readonly #terms: Terms;

  constructor(session: PceSession, orgId: number, terms: Terms) {
    this.#session = session;
    this.#terms = terms;
    this.org = `/orgs/${orgId}`;
    this.deadline = terms.deadline;
  }

  /** Waits between looks at something that takes its time. */
  sleep(ms: number): Promise<unknown> {
    return this.#session.sleep(ms);
  }

  /** @throws what `PceSession.request` does. */
  async send<T>(method: PceMethod, request: JsonRequest<T>): Promise<T> {
    try {
      return await this.#send(method, request);
    } catch (error) {
      // carried out, but the answer does not say what it made
      const found = error instanceof UnexpectedAnswerError ? await request.lookFirst?.() : undefined;
      if (found === undefined) throw error;
      return found;
    }
  }

  #send<T>(method: PceMethod, request: JsonRequest<T>): Promise<T> {
    const { what, path, body, headers, read, lookFirst, maxAnswerBytes = MAX_ANSWER_BYTES } = request;
    return this.#session.request<T>(
      {
        what,
        method,
        path: `/api/v2${path}`,
        headers: { ...(body && { "content-type": "application/json" }), ...headers },
        isQuoted: true,
        maxAnswerBytes,
        ...(body && { body: () => Buffer.from(JSON.stringify(toWire(body()))) }),
        read: (answer) => {
          const parsed = parse(answer.body);
          return parsed && { value: read({ status: answer.status, headers: answer.headers, body: parsed.value }) };
        },
        ...(lookFirst && {
          lookFirst: async () => {
            const value = await lookFirst();
            return value === undefined ? undefined : { value };
          },
        }),
      },
      this.#terms,
    );
  }

  /** The object at an href; undefined when there is none, or it is deleted. */
  async get<T>(what: string, href: string, read: (body: unknown) => T): Promise<T | undefined> {
    try {
      return await this.send("GET", {
        what,
        path: href,
        read: ({ body }) => (isDeleted(body) ? undefined : read(body)),
      });
    } catch (error) {
      if (error instanceof RejectedError && error.isAboutSomethingGone) return undefined;
      throw error;
    }
  }

  /** Every object of a collection that the PCE's filters let through, however many, without the deleted ones. */
  async list<T>(what: string, path: string, query: Query, read: (item: unknown) => T): Promise<readonly T[]> {
    const items = await collect(this, what, path, query);
    return items.filter((item) => !isDeleted(item)).map(read);
  }

  /** Changes the fields that are given, and leaves the others: a PUT of the PCE is partial. */
  async put(what: string, path: string, changes: object): Promise<void> {
    await this.send("PUT", { what, path, body: () => changes, read: () => undefined });
  }

  /** Deletes; what is gone already is deleted, too. */
  async delete(what: string, href: string): Promise<void> {
    try {
      await this.send("DELETE", { what, path: href, read: () => undefined });
    } catch (error) {
      if (!(error instanceof RejectedError && error.isAboutSomethingGone)) throw error;
    }
  }
}

// a page of a proxy is no answer of a PCE, whatever its status
function parse(body: string): { readonly value: unknown } | undefined {
  if (body.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(body) };
  } catch {
    return undefined;
  }
}

// source: labels have "deleted":true, policy objects a "deleted_at"
function isDeleted(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  const { deleted, deleted_at } = body as { deleted?: unknown; deleted_at?: unknown };
  return deleted === true || typeof deleted_at === "string";
}
