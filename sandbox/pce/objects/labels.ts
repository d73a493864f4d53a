import { z } from "zod";
import { type Answer, Refused } from "../answer";
import { labelUser } from "../policy/references";
import { inputValidation, notAcceptable, notFound } from "../refusals";
import type { Route } from "../router";
import type { World } from "../world";
import { changeStamps, checkReference, externalFields, refuseDuplicate, stamps, text } from "./fields";
import { readFitting } from "./json-body";
import { contains, externalFilters, listRoute } from "./listing";
import type { Stored } from "./object-store";

const MAX_KEY = 64;
const RESERVED_VALUES = new Set(["all applications", "all environments", "all locations"]);

const newLabel = z.strictObject({ key: z.string().min(1).max(MAX_KEY), value: text, ...externalFields });
const labelChange = newLabel.omit({ key: true }).partial();

/** A label as it is stored and sent. */
export interface Label extends Stored {
  readonly key: string;
  readonly value: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** The key that labels are found by when the case of key and value does not count. */
export function labelKey({ key, value }: Pick<Label, "key" | "value">): string {
  return `label ${JSON.stringify([key, value.toLowerCase()])}`;
}

/** Labels: unique by key and value, found by a part of the value, and deleted only when nothing has them. */
export function labelRoutes(world: World): Route[] {
  const { labels, behaviour, orgId } = world;
  const path = "/orgs/:org/labels";
  const hrefOf = (id: string | undefined) => `/orgs/${orgId}/labels/${id ?? ""}`;
  return [
    listRoute<Label>(world, {
      path,
      rows: ({ query }) => (query.get("include_deleted") === "true" ? labels.all() : labels.allAlive()),
      filters: {
        key: (label, wanted) => label.key === wanted,
        value: (label, wanted) => contains(label.value, wanted),
        ...externalFilters(world),
      },
      present: (label) => label,
    }),
    {
      method: "POST",
      path,
      handle(request): Answer {
        const wanted = readFitting(request, newLabel, "labels_post", behaviour);
        if (!world.labelKeys.includes(wanted.key)) {
          throw new Refused(
            inputValidation(`The label key must be one of ${world.labelKeys.join(", ")}, got ${wanted.key}`),
          );
        }
        checkLabel(world, wanted);
        const label: Label = {
          href: hrefOf(String(world.nextId())),
          external_data_set: null,
          external_data_reference: null,
          ...wanted,
          ...stamps(world),
          deleted: false,
        } as Label;
        labels.put(label);
        return { status: 201, body: label };
      },
    },
    {
      method: "GET",
      path: `${path}/:label`,
      handle({ parameters }) {
        const href = hrefOf(parameters["label"]);
        const label = behaviour.readDeleted === "object" ? labels.get(href) : labels.alive(href);
        return label === undefined ? notFound(href) : { status: 200, body: label };
      },
    },
    {
      method: "PUT",
      path: `${path}/:label`,
      handle(request) {
        const label = labels.alive(hrefOf(request.parameters["label"]));
        if (label === undefined) return notFound(hrefOf(request.parameters["label"]));
        const changed = { ...label, ...readFitting(request, labelChange, "labels_put", behaviour) } as Label;
        checkLabel(world, changed, label.href);
        labels.put({ ...changed, ...changeStamps(world) });
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path: `${path}/:label`,
      handle: ({ parameters }) => deleteLabel(world, hrefOf(parameters["label"])),
    },
  ];
}

function deleteLabel(world: World, href: string) {
  const label = world.labels.get(href);
  if (label === undefined) return notFound(href);
  if (label.deleted) {
    // seen as a bare object where everything else was an array
    return {
      status: 406,
      token: "label_already_deleted",
      message: "Cannot delete a label that has already been deleted",
      shape: "object",
    } as const;
  }
  const user = world.behaviour.deleteReferenced === "refuse" ? labelUser(world, href) : undefined;
  if (user !== undefined) return notAcceptable(`Cannot delete a label that is in use by ${user}`);
  world.labels.put({ ...label, deleted: true });
  return { status: 204 };
}

function checkLabel(
  world: World,
  label: Pick<Label, "key" | "value"> & Parameters<typeof checkReference>[2],
  ownHref?: string,
) {
  if (RESERVED_VALUES.has(label.value.toLowerCase())) {
    throw new Refused(inputValidation(`The label value ${label.value} is reserved`));
  }
  const { labelCase } = world.behaviour;
  const same = world.labels
    .withKey(labelKey(label))
    .some(({ href, value }) => href !== ownHref && (labelCase === "insensitive" || value === label.value));
  if (same) refuseDuplicate(world, `A label ${label.key} ${label.value} already exists`);
  checkReference(world, world.labels, label, ownHref);
}
