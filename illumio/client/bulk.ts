import { type BulkFailure, failuresByHref, joint, readBulkItems } from "./bulk-answer";
import type { ExternalIdentity } from "./identity";
import type { PceRequests } from "./pce-requests";

// source: REST API guide, "Workload bulk operations": 1,000 items, and one bulk operation at a time, or a 429
/** Items that one bulk operation may have. */
export const MAX_BULK_ITEMS = 1_000;

/** What became of a bulk operation. */
export interface BulkResult {
  /** The hrefs, or for a creation the external data references, of what is done. */
  readonly done: readonly string[];
  readonly failed: readonly BulkFailure[];
}

/** Parts of at most so many items, in order. */
export function chunksOf<T>(items: readonly T[], size = MAX_BULK_ITEMS): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Runs work one after the other: a PCE refuses a second bulk operation while one is under way. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    // whoever waits for the result learns of its failure; the next in line does not
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Bulk operations on one collection. */
export class BulkOperations {
  readonly #pce: PceRequests;
  readonly #path: string;
  readonly #name: string;
  readonly #queue: OneAtATime;

  constructor(pce: PceRequests, collection: { readonly path: string; readonly name: string }, queue: OneAtATime) {
    this.#pce = pce;
    this.#path = collection.path;
    this.#name = collection.name;
    this.#queue = queue;
  }

  /** Changes each object; fields that are not given stay. */
  update(items: readonly ({ readonly href: string } & object)[]): Promise<BulkResult> {
    return this.#byHref("bulk_update", items);
  }

  /** Deletes each object; what is gone already is done. */
  async delete(hrefs: readonly string[]): Promise<BulkResult> {
    const { failed } = await this.#byHref(
      "bulk_delete",
      hrefs.map((href) => ({ href })),
    );
    return result(
      hrefs,
      failed.filter((failure) => !isGone(failure)),
    );
  }

  /**
   * Creates each object. `find` says which of a data set's references are there: it is asked before a part is sent again
   * that the PCE may have carried out, and when an answer leaves open which items failed.
   */
  async create(
    items: readonly ExternalIdentity[],
    find: (externalDataSet: string) => Promise<ReadonlySet<string>>,
  ): Promise<BulkResult> {
    const results: BulkResult[] = [];
    for (const chunk of chunksOf(items)) results.push(await this.#queue.run(() => this.#create(chunk, find)));
    return { done: results.flatMap(({ done }) => done), failed: results.flatMap(({ failed }) => failed) };
  }

  async #create(
    items: readonly ExternalIdentity[],
    find: (externalDataSet: string) => Promise<ReadonlySet<string>>,
  ): Promise<BulkResult> {
    let missing = items;
    const lookFirst = async (): Promise<readonly unknown[] | undefined> => {
      missing = await missingOf(missing, find);
      return missing.length === 0 ? [] : undefined;
    };
    const answer = await this.#put("bulk_create", () => missing, items.length, lookFirst);
    const sent = missing;
    const answered = readBulkItems(answer);
    const references = items.map(({ externalDataReference }) => externalDataReference);
    if (answered.length === sent.length && answered.every(({ isDone }) => isDone)) return result(references, []);
    // an answer need not say whose failure is whose, so the PCE is asked what is there
    const failed = new Set(await missingOf(sent, find));
    const complaints = answered.filter(({ isDone }) => !isDone);
    const isInOrder =
      answered.length === sent.length &&
      answered.every(({ isDone }, index) => isDone !== failed.has(sent[index] as ExternalIdentity));
    const reasons = isInOrder ? complaints.map(({ problem }) => problem) : [];
    const reason = joint(complaints.map(({ problem }) => problem));
    return result(
      references,
      [...failed].map(({ externalDataReference: item }, index) => ({ item, ...(reasons[index] ?? reason) })),
    );
  }

  async #byHref(operation: string, items: readonly { readonly href: string }[]): Promise<BulkResult> {
    const failed: BulkFailure[] = [];
    for (const chunk of chunksOf(items)) {
      const answer = await this.#queue.run(() => this.#put(operation, () => chunk, chunk.length));
      failed.push(
        ...failuresByHref(
          chunk.map(({ href }) => href),
          answer,
        ),
      );
    }
    return result(
      items.map(({ href }) => href),
      failed,
    );
  }

  #put(
    operation: string,
    body: () => unknown,
    count: number,
    lookFirst?: () => Promise<readonly unknown[] | undefined>,
  ): Promise<unknown> {
    return this.#pce.send<unknown>("PUT", {
      what: `the ${operation} of ${count} ${this.#name}`,
      path: `${this.#path}/${operation}`,
      body,
      read: (reply) => reply.body,
      ...(lookFirst && { lookFirst }),
    });
  }
}

/** Whether what was to be deleted is not there any more; an invalid URI may also be that of something else. */
function isGone({ item, token = "", message = "" }: BulkFailure): boolean {
  return /^(\w+_already_deleted|not_found_error)$/.test(token) || (token === "invalid_uri" && message.includes(item));
}

function result(asked: readonly string[], failed: readonly BulkFailure[]): BulkResult {
  const items = new Set(failed.map(({ item }) => item));
  return { done: asked.filter((item) => !items.has(item)), failed };
}

async function missingOf(
  items: readonly ExternalIdentity[],
  find: (externalDataSet: string) => Promise<ReadonlySet<string>>,
): Promise<readonly ExternalIdentity[]> {
  const there = new Map<string, ReadonlySet<string>>();
  for (const { externalDataSet } of items) {
    if (!there.has(externalDataSet)) there.set(externalDataSet, await find(externalDataSet));
  }
  return items.filter(
    ({ externalDataSet, externalDataReference }) => !there.get(externalDataSet)?.has(externalDataReference),
  );
}
