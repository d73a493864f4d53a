import { checkHref, readHref } from "./hrefs";
import { type ExternalIdentity, exactly, findByIdentity, onlyOne } from "./identity";
import { InvalidRequestError, RejectedError } from "./pce-errors";
import type { PceRequests } from "./pce-requests";
import { Fields, present } from "./wire";

/** A label: at most one of each key is on an object. */
export interface Label extends Partial<ExternalIdentity> {
  readonly href: string;
  /** `role`, `app`, `env`, `loc`, or, from PCE 22.5 on, a key of the organisation's own. */
  readonly key: string;
  readonly value: string;
}

export type NewLabel = Omit<Label, "href">;

/** What can be changed of a label: its key stays. */
export type LabelChanges = Partial<Omit<NewLabel, "key">>;

// source: REST API guide 24.5, "Labels"
const RESERVED_VALUES = /^All (Applications|Environments|Locations|Roles)$/i;

/** The labels of an organisation. They are not part of the policy: nothing about them needs provisioning. */
export class Labels {
  readonly #pce: PceRequests;
  readonly #path: string;

  constructor(pce: PceRequests) {
    this.#pce = pce;
    this.#path = `${pce.org}/labels`;
  }

  /** Undefined when it is deleted, or never was. */
  get(href: string): Promise<Label | undefined> {
    return this.#pce.get(`the label ${href}`, checkHref(href, "label", this.#pce.org), readLabel);
  }

  /** The label with exactly this key and value. */
  async find(key: string, value: string): Promise<Label | undefined> {
    return onlyOne(exactly(await this.#list({ key, value }), { key, value }), `the label ${key}=${value}`);
  }

  findByReference(identity: ExternalIdentity): Promise<Label | undefined> {
    return findByIdentity(identity, "label", (query) => this.#list(query));
  }

  /** All labels, or those of a key. */
  async list(key?: string): Promise<readonly Label[]> {
    return key === undefined ? this.#list({}) : exactly(await this.#list({ key }), { key });
  }

  /**
   * Creates the label; when there is one with this key and value, made by whomever, returns that.
   * @throws InvalidRequestError for a key or value that no PCE takes.
   */
  async create(label: NewLabel): Promise<Label> {
    checkLabel(label);
    const find = () => this.find(label.key, label.value);
    try {
      return await this.#pce.send("POST", {
        what: `the creation of the label ${label.key}=${label.value}`,
        path: this.#path,
        body: () => label,
        read: ({ body }) => readLabel(body),
        lookFirst: find,
      });
    } catch (error) {
      // what a PCE says of a label that exists is documented nowhere: ask for it, whatever the 406 was
      const existing = isRefusal(error) ? await find() : undefined;
      if (existing !== undefined) return existing;
      throw error;
    }
  }

  async update(href: string, changes: LabelChanges): Promise<void> {
    if (changes.value !== undefined) checkValue(changes.value);
    await this.#pce.put(`the update of the label ${href}`, checkHref(href, "label", this.#pce.org), changes);
  }

  /** Deletes the label; one that is deleted already is no failure. A label in use is: the PCE refuses. */
  async delete(href: string): Promise<void> {
    await this.#pce.delete(`the deletion of the label ${href}`, checkHref(href, "label", this.#pce.org));
  }

  #list(query: Readonly<Record<string, string>>): Promise<readonly Label[]> {
    return this.#pce.list("the list of labels", this.#path, query, readLabel);
  }
}

function isRefusal(error: unknown): error is RejectedError {
  return error instanceof RejectedError && [400, 406, 409, 422].includes(error.status);
}

function readLabel(body: unknown): Label {
  const label = new Fields(body, "a label");
  return present({
    href: readHref(label, "label"),
    key: label.requiredText("key"),
    value: label.requiredText("value"),
    externalDataSet: label.text("external_data_set"),
    externalDataReference: label.text("external_data_reference"),
  });
}

/** Whether a PCE takes the text as the value of a label. */
export function isLabelValue(text: string): boolean {
  return text.length >= 1 && text.length <= 255 && !RESERVED_VALUES.test(text);
}

/** @throws InvalidRequestError for a key or value that no PCE takes. */
export function checkLabel({ key, value }: Pick<NewLabel, "key" | "value">): void {
  checkKey(key);
  checkValue(value);
}

function checkKey(key: string): void {
  if (key.length >= 1 && key.length <= 64) return;
  throw new InvalidRequestError(
    `the key of a label must have 1 to 64 characters, got ${key.length} ("${key.slice(0, 80)}"); use role, app, env, loc, or a label type of the organization`,
  );
}

function checkValue(value: string): void {
  if (isLabelValue(value)) return;
  if (value === "" || value.length > 255) {
    throw new InvalidRequestError(
      `the value of a label must have 1 to 255 characters, got ${value.length}; choose another value`,
    );
  }
  throw new InvalidRequestError(
    `the value of a label must not be one that the PCE reserves, got "${value}"; leave the label away to mean all`,
  );
}
