import { type HrefReference, readHref, readReferences } from "./hrefs";
import type { ExternalIdentity } from "./identity";
import { InvalidRequestError } from "./pce-errors";
import { Fields, present } from "./wire";

/** An address of a workload. Names need not be unique: one interface with two addresses is two of these. */
export interface WorkloadInterface {
  readonly name: string;
  /** IPv4 or IPv6. */
  readonly address: string;
  readonly cidrBlock?: number;
  readonly defaultGatewayAddress?: string;
  readonly linkState?: "up" | "down" | "unknown";
  readonly friendlyName?: string;
}

export type EnforcementMode = "idle" | "visibility_only" | "selective" | "full";

/** What can be set of an unmanaged workload. */
export interface WorkloadFields {
  readonly name?: string;
  readonly hostname?: string;
  readonly description?: string;
  readonly publicIp?: string;
  readonly serviceProvider?: string;
  readonly dataCenter?: string;
  readonly dataCenterZone?: string;
  readonly osId?: string;
  readonly osDetail?: string;
  readonly enforcementMode?: EnforcementMode;
  readonly online?: boolean;
  /** All of them: an update replaces the labels there are. */
  readonly labels?: readonly HrefReference[];
  /** All of them: an update replaces the interfaces there are. */
  readonly interfaces?: readonly WorkloadInterface[];
}

/** An unmanaged workload to create. It has a name or a host name, and an identity by which it is found again. */
export type NewWorkload = WorkloadFields & ExternalIdentity;

export type WorkloadChanges = WorkloadFields & Partial<ExternalIdentity>;

/** A workload as the PCE has it. */
export interface Workload extends WorkloadFields, Partial<ExternalIdentity> {
  readonly href: string;
  /** Whether an agent (VEN) runs on it: such a workload is not ours to change. */
  readonly isManaged: boolean;
  readonly labels: readonly HrefReference[];
  readonly interfaces: readonly WorkloadInterface[];
}

const MODES: readonly string[] = ["idle", "visibility_only", "selective", "full"] satisfies EnforcementMode[];
const LINK_STATES: readonly string[] = ["up", "down", "unknown"];

/** Reads a workload of an answer. @throws UnexpectedAnswerError when it is none. */
export function readWorkload(body: unknown): Workload {
  const workload = new Fields(body, "a workload");
  const mode = workload.text("enforcement_mode");
  return present({
    href: readHref(workload, "workload"),
    isManaged: isManaged(workload),
    name: workload.text("name"),
    hostname: workload.text("hostname"),
    description: workload.text("description"),
    publicIp: workload.text("public_ip"),
    serviceProvider: workload.text("service_provider"),
    dataCenter: workload.text("data_center"),
    dataCenterZone: workload.text("data_center_zone"),
    osId: workload.text("os_id"),
    osDetail: workload.text("os_detail"),
    enforcementMode: mode !== undefined && MODES.includes(mode) ? (mode as EnforcementMode) : undefined,
    online: workload.flag("online"),
    labels: readReferences(workload, "labels"),
    interfaces: workload.items("interfaces", readInterface),
    externalDataSet: workload.text("external_data_set"),
    externalDataReference: workload.text("external_data_reference"),
  });
}

// source: illumioapi, GetMode: unmanaged is what has no VEN and no service principal; newer PCEs say "managed" as well
function isManaged(workload: Fields): boolean {
  return (
    workload.flag("managed") === true ||
    workload.object("ven")?.text("href") !== undefined ||
    workload.text("service_principal_name") !== undefined
  );
}

function readInterface(item: unknown): WorkloadInterface {
  const fields = new Fields(item, "an interface");
  const linkState = fields.text("link_state");
  return present({
    name: fields.requiredText("name"),
    address: fields.text("address") ?? "",
    cidrBlock: fields.integer("cidr_block"),
    defaultGatewayAddress: fields.text("default_gateway_address"),
    linkState: LINK_STATES.includes(linkState ?? "") ? (linkState as "up") : undefined,
    friendlyName: fields.text("friendly_name"),
  });
}

/** @throws InvalidRequestError for a workload that no PCE takes. */
export function checkWorkload(workload: WorkloadChanges, isNew: boolean): void {
  const { name, hostname } = workload;
  if (isNew && name === undefined && hostname === undefined)
    throw new InvalidRequestError("a workload must have a name or a hostname, got neither; give it a name");
  for (const [field, text] of Object.entries({ name, hostname })) {
    if (text === undefined || (text !== "" && text.length <= 255)) continue;
    throw new InvalidRequestError(`the ${field} of a workload must have 1 to 255 characters, got ${text.length}`);
  }
}
