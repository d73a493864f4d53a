import type { HrefReference } from "../../illumio/client/hrefs";
import { isLabelValue, type Label } from "../../illumio/client/labels";
import type { Resource } from "./inventory";

/** Where a label's value is from. */
export interface LabelSource {
  /** Name of a tag. */
  readonly tag: string;
  /** The value of what does not have the tag. @default - no label of this key */
  readonly default?: string;
}

/** Label key -> where its value is from. */
export type LabelMapping = Readonly<Record<string, LabelSource>>;

/** A label by what it says. */
export interface LabelName {
  readonly key: string;
  readonly value: string;
}

/** What a resource is labelled with, and which of its tags no PCE takes as a label: the workload goes without that label. */
export interface Labelling {
  readonly labels: readonly LabelName[];
  readonly refused: readonly LabelName[];
}

/** What a resource is labelled with. A tag without a text is as one that isn't there. */
export function labelsOf({ tags }: Pick<Resource, "tags">, mapping: LabelMapping): Labelling {
  const named = Object.entries(mapping).flatMap(([key, source]) => {
    const tagged = Object.hasOwn(tags, source.tag) ? (tags[source.tag] ?? "").trim() : "";
    const value = tagged === "" ? (source.default ?? "") : tagged;
    return value === "" ? [] : [{ key, value }];
  });
  return {
    labels: named.filter(({ value }) => isLabelValue(value)),
    refused: named.filter(({ value }) => !isLabelValue(value)),
  };
}

/**
 * The labels of an organisation, to look up both ways. A value that is the same but for capital letters is taken for the label where no
 * label is exactly it: whether a PCE would take both is documented nowhere.
 */
export class LabelBook {
  readonly #exact = new Map<string, string>();
  readonly #folded = new Map<string, string>();
  readonly #keys = new Map<string, string>();

  constructor(labels: readonly Label[]) {
    for (const label of labels) this.add(label);
  }

  add({ key, value, href }: Label): void {
    this.#exact.set(exact({ key, value }), href);
    // of several the one with the first href, whatever order they came in
    const known = this.#folded.get(folded({ key, value }));
    if (known === undefined || href < known) this.#folded.set(folded({ key, value }), href);
    this.#keys.set(href, key);
  }

  /** Those that have to be made before the resources can be labelled, each once. */
  missing(resources: Iterable<Resource>, mapping: LabelMapping): readonly LabelName[] {
    const missing = new Map<string, LabelName>();
    for (const resource of resources) {
      for (const label of labelsOf(resource, mapping).labels) {
        if (this.#find(label) === undefined && !missing.has(folded(label))) missing.set(folded(label), label);
      }
    }
    return [...missing.values()];
  }

  /** The resource's labels, and of those that its workload has already the ones of keys that no tag is mapped to. */
  wanted(resource: Resource, mapping: LabelMapping, present: readonly HrefReference[]): readonly HrefReference[] {
    const kept = present.filter(({ href }) => !Object.hasOwn(mapping, this.#keys.get(href) ?? ""));
    const mapped = labelsOf(resource, mapping).labels.flatMap((label) => this.#find(label) ?? []);
    return [...kept.map(({ href }) => ({ href })), ...mapped.map((href) => ({ href }))];
  }

  #find(label: LabelName): string | undefined {
    return this.#exact.get(exact(label)) ?? this.#folded.get(folded(label));
  }
}

function exact({ key, value }: LabelName): string {
  return JSON.stringify([key, value]);
}

function folded({ key, value }: LabelName): string {
  return JSON.stringify([key, value.toLowerCase()]);
}
