import { referenceKey, type Stored } from "../objects/object-store";
import { changed, created, provisioned, type TwoVersions, toBeDeleted } from "./draft-and-active";

/** A version of the policy, as hrefs name it. */
export type Version = "draft" | "active";

/** An object as it is kept: its href is that of the draft. */
export type PolicyObject = Omit<Stored, "deleted">;

/** The objects of one collection of the policy, each with a draft, an active version or both. */
export class PolicyStore<T extends PolicyObject> {
  readonly #objects = new Map<string, TwoVersions<T>>();

  /** Takes the href of the draft or of the active version. */
  get(href: string): TwoVersions<T> | undefined {
    return this.#objects.get(draftHref(href));
  }

  /** Takes a draft or an active href; gives the version that it names. */
  version(href: string): T | undefined {
    const object = this.get(href);
    return isActiveHref(href) ? object?.active : object?.draft;
  }

  entries(): TwoVersions<T>[] {
    return [...this.#objects.values()];
  }

  drafts(): T[] {
    return this.entries().map(({ draft }) => draft);
  }

  active(): T[] {
    return this.entries().flatMap(({ active }) => active ?? []);
  }

  /** The drafts that the next provisioning of everything would change. */
  pending(): T[] {
    return this.entries().flatMap(({ draft, change }) => (change === null ? [] : draft));
  }

  /** For `checkReference`. */
  withKey(key: string): T[] {
    return this.drafts().filter((draft) => referenceKey(draft) === key);
  }

  create(draft: T): void {
    this.#objects.set(draft.href, created(draft));
  }

  /** Takes another draft in the place of the one with its href. */
  change(draft: T): void {
    const object = this.get(draft.href);
    if (object !== undefined) this.#objects.set(draft.href, changed(object, draft));
  }

  /** Has the deletion pending; an object that was never provisioned can go at once. */
  delete(href: string, unprovisioned: "gone" | "pending"): void {
    const object = this.get(href);
    if (object === undefined) return;
    if (object.active === undefined && unprovisioned === "gone") this.#objects.delete(draftHref(href));
    else this.#objects.set(draftHref(href), toBeDeleted(object));
  }

  /** Makes the change active that was pending at `asked`; nothing happens to what is not pending. */
  provision(href: string, asLive: (draft: T) => T = (draft) => draft, asked = this.get(href)): void {
    const object = this.get(href);
    if (object === undefined || object.change === null) return;
    const after = provisioned(object, asked, asLive);
    if (after === undefined) this.#objects.delete(draftHref(href));
    else this.#objects.set(draftHref(href), after);
  }
}

/** The href of the draft of what an active href, or a draft one, names. */
export function draftHref(href: string): string {
  return href.replace("/sec_policy/active/", "/sec_policy/draft/");
}

/** The href of the active version of what a draft href names. */
export function activeHref(href: string): string {
  return href.replace("/sec_policy/draft/", "/sec_policy/active/");
}

function isActiveHref(href: string): boolean {
  return href.includes("/sec_policy/active/");
}
