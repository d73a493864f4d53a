/** One provisioning, as a PCE remembers it. */
export interface PolicyVersion {
  readonly href: string;
  readonly version: number;
  readonly commit_message: string;
  readonly workloads_affected: number;
  readonly object_counts: number | Readonly<Record<string, number>>;
  readonly created_at: string;
  readonly created_by: { readonly href: string };
}

/** The versions of the policy, oldest first. */
export class PolicyVersions {
  readonly #versions: PolicyVersion[] = [];

  /** Makes the next version, numbered from 1. */
  add(orgId: number, version: Omit<PolicyVersion, "href" | "version">): PolicyVersion {
    const number = this.#versions.length + 1;
    const made = { href: `/orgs/${orgId}/sec_policy/${number}`, version: number, ...version };
    this.#versions.push(made);
    return made;
  }

  all(): PolicyVersion[] {
    return [...this.#versions];
  }
}
