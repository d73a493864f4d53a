import { activeHref, checkHref, draftHref, type HrefReference, readHref } from "./hrefs";
import type { ExternalIdentity } from "./identity";
import { rejectedItem } from "./pce-attempt";
import { RejectedError } from "./pce-errors";
import type { PceReply, PceRequests, Query } from "./pce-requests";
import { Fields, present } from "./wire";

/** A port of the service that is another one on this workload. */
export interface PortOverride {
  readonly port: number;
  readonly proto: number;
  readonly newPort: number;
  readonly newToPort?: number;
}

/** A workload that a virtual service runs on. */
export interface ServiceBinding extends Partial<ExternalIdentity> {
  readonly href: string;
  /** The active one. */
  readonly virtualService: HrefReference;
  readonly workload: HrefReference;
  readonly portOverrides: readonly PortOverride[];
}

/** A binding to create; the virtual service by its draft's or its active href. It must be provisioned. */
export interface NewServiceBinding extends Partial<ExternalIdentity> {
  readonly virtualService: HrefReference;
  readonly workload: HrefReference;
  readonly portOverrides?: readonly PortOverride[];
}

/** The service bindings of an organisation. They take effect at once, and cannot be changed, only made anew. */
export class ServiceBindings {
  readonly #pce: PceRequests;
  readonly #path: string;

  constructor(pce: PceRequests) {
    this.#pce = pce;
    this.#path = `${pce.org}/service_bindings`;
  }

  /** Undefined when it is deleted, or never was. */
  get(href: string): Promise<ServiceBinding | undefined> {
    return this.#pce.get(`the service binding ${href}`, this.#check(href), readBinding);
  }

  /** All bindings of a virtual service, by its draft's or its active href. */
  async listOf(virtualServiceHref: string): Promise<readonly ServiceBinding[]> {
    const active = this.#active(virtualServiceHref);
    const found = await this.#list({ virtual_service: active });
    return found.filter(({ virtualService }) => virtualService.href === active);
  }

  /** The binding of this virtual service to this workload. Of several, which bind no more than one, the first. */
  async find(virtualServiceHref: string, workloadHref: string): Promise<ServiceBinding | undefined> {
    checkHref(workloadHref, "workload", this.#pce.org);
    return (await this.listOf(virtualServiceHref)).find(({ workload }) => workload.href === workloadHref);
  }

  /**
   * Binds the virtual service to the workload; when it is bound already, returns that binding.
   * @throws RejectedError when the virtual service is not active, also when the PCE says so in an answer of success.
   */
  async create(binding: NewServiceBinding): Promise<ServiceBinding> {
    const virtualService = { href: this.#active(binding.virtualService.href) };
    const find = () => this.find(virtualService.href, binding.workload.href);
    const existing = await find();
    if (existing !== undefined) return existing;
    const what = `the binding of ${virtualService.href} to ${binding.workload.href}`;
    const wanted = { ...binding, virtualService };
    try {
      return await this.#pce.send("POST", {
        what,
        path: this.#path,
        body: () => [wanted],
        read: (reply) => createdBinding(reply, what, wanted),
        lookFirst: find,
      });
    } catch (error) {
      // what a PCE says of a binding that exists is documented nowhere: somebody may have made it meanwhile
      const made = error instanceof RejectedError ? await find() : undefined;
      if (made !== undefined) return made;
      throw error;
    }
  }

  /** Deletes the binding; one that is gone already is no failure. */
  async delete(href: string): Promise<void> {
    await this.#pce.delete(`the deletion of the service binding ${href}`, this.#check(href));
  }

  #check(href: string): string {
    return checkHref(href, "service binding", this.#pce.org);
  }

  #active(href: string): string {
    return activeHref(checkHref(draftHref(href), "draft virtual service", this.#pce.org));
  }

  #list(query: Query): Promise<readonly ServiceBinding[]> {
    return this.#pce.list("the list of service bindings", this.#path, query, readBinding);
  }
}

// source:  illumio-py, ServiceBinding; the XSOAR integration: one item for each that was asked for, and we ask for one
// example: [{"status":"created","href":"/orgs/1/service_bindings/<uuid>"}], or [{"token":"invalid_uri","message":"..."}]
function createdBinding(reply: PceReply, what: string, wanted: NewServiceBinding): ServiceBinding {
  const [item = reply.body]: readonly unknown[] = Array.isArray(reply.body) ? reply.body : [];
  const fields = new Fields(item, "a service binding");
  if (!fields.has("href")) throw rejectedItem(reply, item, what);
  return { ...wanted, portOverrides: wanted.portOverrides ?? [], href: readHref(fields, "service binding") };
}

function readBinding(body: unknown): ServiceBinding {
  const fields = new Fields(body, "a service binding");
  const hrefIn = (name: string): HrefReference => ({ href: fields.object(name)?.text("href") ?? "" });
  return present({
    href: readHref(fields, "service binding"),
    virtualService: { href: activeHref(draftHref(hrefIn("virtual_service").href)) },
    workload: hrefIn("workload"),
    portOverrides: fields.items("port_overrides", readOverride),
    externalDataSet: fields.text("external_data_set"),
    externalDataReference: fields.text("external_data_reference"),
  });
}

function readOverride(item: unknown): PortOverride {
  const fields = new Fields(item, "a port of a service binding");
  return present({
    port: fields.integer("port") ?? -1,
    proto: fields.integer("proto") ?? -1,
    newPort: fields.integer("new_port") ?? -1,
    newToPort: fields.integer("new_to_port"),
  });
}
