import type { PceObjects } from "../client/pce";
import type { Properties } from "./kind";

/**
 * How often a draft was changed by us. The provisioning of a draft has it as an input, so that each change is followed by
 * one, also a change back to what was there before.
 */
export function nextRevision({ revision }: Properties): { readonly revision: number } {
  return { revision: typeof revision === "number" ? revision + 1 : 1 };
}

/** Provisions the deletion of a draft, should it be pending, and waits until the object is gone from the active policy. */
export async function provisionDeletion({ provisioning }: PceObjects, href: string, what: string): Promise<void> {
  const { hrefs } = await provisioning.provision([href], `rds-sightline: delete ${what}`);
  if (hrefs.length > 0) await provisioning.waitUntil("gone", hrefs);
}
