import { canonicalAddress } from "./address";
import { BulkOperations, type BulkResult, type OneAtATime } from "./bulk";
import { checkHref, type HrefReference } from "./hrefs";
import { type ExternalIdentity, exactly, findByIdentity, named } from "./identity";
import { InvalidRequestError } from "./pce-errors";
import type { PceRequests, Query } from "./pce-requests";
import { checkWorkload, type NewWorkload, readWorkload, type Workload, type WorkloadChanges } from "./workload";

/** The workloads of an organisation: read all, write those without an agent. */
export class Workloads {
  readonly #pce: PceRequests;
  readonly #path: string;
  readonly #bulk: BulkOperations;

  constructor(pce: PceRequests, bulkQueue: OneAtATime) {
    this.#pce = pce;
    this.#path = `${pce.org}/workloads`;
    this.#bulk = new BulkOperations(pce, { path: this.#path, name: "workloads" }, bulkQueue);
  }

  /** Undefined when it is deleted, or never was. */
  get(href: string): Promise<Workload | undefined> {
    return this.#pce.get(`the workload ${href}`, this.#check(href), readWorkload);
  }

  /** The workload with this external data set and reference. @throws UnexpectedAnswerError when there are several. */
  findByReference(identity: ExternalIdentity): Promise<Workload | undefined> {
    return findByIdentity(identity, "workload", (query) => this.#list(query));
  }

  /** The workloads, managed and unmanaged, that have exactly this address on an interface or as their public one. */
  async findByAddress(address: string): Promise<readonly Workload[]> {
    const wanted = canonicalAddress(address);
    const found = await this.#list({ ip_address: wanted });
    return found.filter(({ interfaces, publicIp }) =>
      [publicIp ?? "", ...interfaces.map((each) => each.address)].some((each) => canonicalAddress(each) === wanted),
    );
  }

  /** Every workload of an external data set, however many. */
  async listDataSet(externalDataSet: string): Promise<readonly Workload[]> {
    return exactly(await this.#list({ external_data_set: externalDataSet }), { externalDataSet });
  }

  /** Every workload, managed and unmanaged, that has all of these labels, however many. At least one label. */
  async listLabelled(labels: readonly HrefReference[]): Promise<readonly Workload[]> {
    const wanted = labels.map(({ href }) => href);
    if (wanted.length === 0)
      throw new InvalidRequestError("workloads are listed by one label at least, got none; name a label");
    // example: labels=[["/orgs/1/labels/1","/orgs/1/labels/7"]]; should a PCE read it as either of them, the rest goes here
    const found = await this.#list({ labels: JSON.stringify([wanted]) });
    return found.filter((workload) => wanted.every((href) => workload.labels.some((label) => label.href === href)));
  }

  /** Every workload of the organisation, whoever made it, however many. */
  list(): Promise<readonly Workload[]> {
    return this.#list({});
  }

  /** Every workload with an agent, however many. */
  async listManaged(): Promise<readonly Workload[]> {
    return (await this.#list({ managed: true })).filter(({ isManaged }) => isManaged);
  }

  /** Creates an unmanaged workload, once, also when an answer is lost. It does not look for one that is there before. */
  create(workload: NewWorkload): Promise<Workload> {
    checkWorkload(workload, true);
    return this.#pce.send("POST", {
      what: `the creation of the workload ${named(workload)}`,
      path: this.#path,
      body: () => workload,
      read: ({ body }) => readWorkload(body),
      lookFirst: () => this.findByReference(workload),
    });
  }

  async update(href: string, changes: WorkloadChanges): Promise<void> {
    checkWorkload(changes, false);
    await this.#pce.put(`the update of the workload ${href}`, this.#check(href), changes);
  }

  /** Deletes the workload; one that is gone already is no failure. */
  async delete(href: string): Promise<void> {
    await this.#pce.delete(`the deletion of the workload ${href}`, this.#check(href));
  }

  /** Creates workloads, 1,000 a request, each once. The result has their external data references; `listDataSet` has their hrefs. */
  bulkCreate(workloads: readonly NewWorkload[]): Promise<BulkResult> {
    for (const workload of workloads) checkWorkload(workload, true);
    return this.#bulk.create(workloads, async (externalDataSet) => {
      const there = await this.listDataSet(externalDataSet);
      return new Set(there.flatMap(({ externalDataReference }) => externalDataReference ?? []));
    });
  }

  /** Changes workloads, 1,000 a request; what is not given of one stays. */
  bulkUpdate(changes: readonly (WorkloadChanges & { readonly href: string })[]): Promise<BulkResult> {
    for (const { href, ...fields } of changes) {
      this.#check(href);
      checkWorkload(fields, false);
    }
    return this.#bulk.update(changes);
  }

  /** Deletes unmanaged workloads, 1,000 a request; those that are gone already are done. */
  bulkDelete(hrefs: readonly string[]): Promise<BulkResult> {
    for (const href of hrefs) this.#check(href);
    return this.#bulk.delete(hrefs);
  }

  #check(href: string): string {
    return checkHref(href, "workload", this.#pce.org);
  }

  #list(query: Query): Promise<readonly Workload[]> {
    return this.#pce.list("the list of workloads", this.#path, query, readWorkload);
  }
}
