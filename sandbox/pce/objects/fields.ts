import { z } from "zod";
import { Refused } from "../answer";
import { inputValidation, invalidUri, notAcceptable } from "../refusals";
import type { World } from "../world";
import { referenceKey } from "./object-store";

const MAX_TEXT = 255;
const MAX_PORT = 65_535;
const MAX_PROTOCOL = 255;

/** A text as names and values are: 1 to 255 characters. */
export const text = z.string().min(1).max(MAX_TEXT);
/** A text that may be empty. */
export const freeText = z.string();
export const reference = z.strictObject({ href: z.string() });
export const port = z.int().min(0).max(MAX_PORT);
export const protocol = z.int().min(0).max(MAX_PROTOCOL);
/** What identifies an object for the program that made it. */
export const externalFields = {
  external_data_set: text.optional(),
  external_data_reference: text.optional(),
};

/** A reference to another object. */
export type Reference = z.output<typeof reference>;

/** Throws a `Refused` unless each href is a label that is there, and no two are of the same key. */
export function checkLabels(world: World, labels: readonly Reference[]): void {
  const keys = new Set<string>();
  for (const { href } of labels) {
    const label = world.labels.alive(href);
    if (label === undefined) throw new Refused(invalidUri(href));
    if (keys.has(label.key)) throw new Refused(inputValidation(`More than one label of the key ${label.key}`));
    keys.add(label.key);
  }
}

/** Throws a `Refused` when another object of the collection has this external data set and reference. */
export function checkReference(
  world: World,
  store: { withKey(key: string): readonly { readonly href: string }[] },
  object: {
    readonly external_data_set?: string | null | undefined;
    readonly external_data_reference?: string | null | undefined;
  },
  ownHref?: string,
): void {
  const key = referenceKey(object);
  if (key === undefined || world.behaviour.externalReference === "free") return;
  if (store.withKey(key).some(({ href }) => href !== ownHref)) {
    const name = `${object.external_data_set ?? ""}/${object.external_data_reference ?? ""}`;
    throw new Refused(notAcceptable(`The external data reference ${name} is already in use`));
  }
}

/** The label as other objects show it. */
export function shownLabel(world: World, { href }: Reference): { href: string; key?: string; value?: string } {
  const label = world.labels.get(href);
  return label === undefined ? { href } : { href, key: label.key, value: label.value };
}

/** Refuses the second object of a name that must be unique; no public source has the token. */
export function refuseDuplicate(world: World, message: string): never {
  switch (world.behaviour.duplicateName) {
    case "not-acceptable":
      throw new Refused(notAcceptable(message));
    case "already-exists":
      throw new Refused({ status: 406, token: "already_exists_error", message });
    case "conflict":
      throw new Refused({ status: 409, token: "conflict_error", message });
  }
}

/** When and by whom an object was made, and last changed. */
export function stamps(world: World) {
  const at = new Date(world.now()).toISOString();
  return { created_at: at, updated_at: at, created_by: USER, updated_by: USER };
}

/** When and by whom an object was changed just now. */
export function changeStamps(world: World) {
  return { updated_at: new Date(world.now()).toISOString(), updated_by: USER };
}

const USER = { href: "/users/1" };
