import { InvalidRequestError } from "../../client/pce-errors";
import type { Kind } from "../kind";

/** Which drafts are to be active. */
export interface PolicyProvisioningInputs {
  /** With the revision of each: a change of it is what is provisioned. */
  readonly objects: readonly { readonly href: string; readonly revision: number }[];
  /** What the PCE's list of versions shows. */
  readonly description: string;
}

/** Of a draft that is not active, although it was provisioned. */
const NOT_ACTIVE = 0;

/**
 * That drafts are active. Only these are provisioned, only those of them that are pending, and it takes until they are
 * active. Nothing is undone when it goes: each policy object provisions its own deletion.
 */
export const policyProvisioningKind: Kind<PolicyProvisioningInputs> = {
  replacedBy: [],

  check({ objects, description }) {
    if (objects.length === 0) {
      throw new InvalidRequestError("a provisioning must name at least one policy object, got none; give its drafts");
    }
    if (description === "") {
      throw new InvalidRequestError(
        "the description of a provisioning must not be empty; say what it is for: the PCE's list of versions shows it",
      );
    }
  },

  async create(pce, inputs) {
    const [first] = inputs.objects;
    await policyProvisioningKind.update(pce, "", inputs, {});
    return { id: `provisioned:${first?.href ?? ""}`, extras: {} };
  },

  async read({ provisioning }, id, wanted) {
    if (wanted === undefined) {
      throw new InvalidRequestError(
        "a policy provisioning can't be imported, for the PCE has nothing that it would be; let the update make it",
      );
    }
    const open = await provisioning.notYet("active", hrefsIn(wanted));
    const objects = wanted.objects.map((each) => (open.includes(each.href) ? { ...each, revision: NOT_ACTIVE } : each));
    return { id, inputs: { ...wanted, objects }, extras: {} };
  },

  async update({ provisioning }, _id, inputs) {
    const hrefs = hrefsIn(inputs);
    await provisioning.provision(hrefs, inputs.description);
    await provisioning.waitUntil("active", hrefs);
    return {};
  },

  delete: () => Promise.resolve(undefined),
};

function hrefsIn({ objects }: PolicyProvisioningInputs): readonly string[] {
  return objects.map(({ href }) => href);
}
