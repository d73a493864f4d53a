import { activeHref, checkHref } from "./hrefs";
import { type ExternalIdentity, exactly, findByIdentity, named } from "./identity";
import type { PceRequests, Query } from "./pce-requests";
import {
  checkVirtualService,
  type NewVirtualService,
  readVirtualService,
  type VirtualService,
  type VirtualServiceChanges,
} from "./virtual-service";

/** The virtual services of an organisation. All changes are made to the draft, and take effect when it is provisioned. */
export class VirtualServices {
  readonly #pce: PceRequests;
  readonly #path: string;

  constructor(pce: PceRequests) {
    this.#pce = pce;
    this.#path = `${pce.org}/sec_policy/draft/virtual_services`;
  }

  /** The draft; undefined when there is none. One whose deletion is pending is there, and says so. */
  get(href: string): Promise<VirtualService | undefined> {
    return this.#pce.get(`the virtual service ${href}`, this.#check(href), (body) => readVirtualService(body, "draft"));
  }

  /** What is active of it, by the href of the draft; undefined before it is provisioned, and after its deletion is. */
  getActive(href: string): Promise<VirtualService | undefined> {
    const active = activeHref(this.#check(href));
    return this.#pce.get(`the virtual service ${active}`, active, (body) => readVirtualService(body, "active"));
  }

  /** The drafts with exactly this name, which need not be unique; without those whose deletion is pending. */
  async findByName(name: string): Promise<readonly VirtualService[]> {
    return exactly(await this.#list({ name }), { name });
  }

  /** The draft with this external data set and reference; not one whose deletion is pending. */
  findByReference(identity: ExternalIdentity): Promise<VirtualService | undefined> {
    return findByIdentity(identity, "virtual service", (query) => this.#list(query));
  }

  /** Creates a draft, once, also when an answer is lost. It does not look for one that is there before. */
  create(service: NewVirtualService): Promise<VirtualService> {
    checkVirtualService(service, true);
    return this.#pce.send("POST", {
      what: `the creation of the virtual service ${named(service)}`,
      path: this.#path,
      // a PCE's own default is the same, by all that is known
      body: () => ({ applyTo: "host_only", ...service }),
      read: ({ body }) => readVirtualService(body, "draft"),
      lookFirst: () => this.findByReference(service),
    });
  }

  async update(href: string, changes: VirtualServiceChanges): Promise<void> {
    checkVirtualService(changes, false);
    await this.#pce.put(`the update of the virtual service ${href}`, this.#check(href), changes);
  }

  /** Deletes the draft; one that is gone is no failure. What is active stays until the deletion is provisioned. */
  async delete(href: string): Promise<void> {
    await this.#pce.delete(`the deletion of the virtual service ${href}`, this.#check(href));
  }

  #check(href: string): string {
    return checkHref(href, "draft virtual service", this.#pce.org);
  }

  async #list(query: Query): Promise<readonly VirtualService[]> {
    const found = await this.#pce.list("the list of virtual services", this.#path, query, (item) =>
      readVirtualService(item, "draft"),
    );
    return found.filter(({ pending }) => pending !== "delete");
  }
}
