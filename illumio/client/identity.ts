import { UnexpectedAnswerError } from "./pce-errors";

/** By which whoever made an object finds it again. The PCE stores both and does not interpret them. */
export interface ExternalIdentity {
  /** Who made it, such as `rds-sightline/dev`. */
  readonly externalDataSet: string;
  /** Which one it is, such as an ARN. */
  readonly externalDataReference: string;
}

/**
 * The objects of which these fields have exactly these values. The PCE's filters find substrings: asked for the label
 * `APP` it answers `APP`, `WEB-APP` and `WEBAPP` (REST API guide, "Labels").
 */
export function exactly<T>(objects: readonly T[], wanted: Partial<T>): readonly T[] {
  const entries = Object.entries(wanted) as [keyof T, unknown][];
  return objects.filter((object) => entries.every(([name, value]) => object[name] === value));
}

/** The one object, or undefined when there is none. @throws UnexpectedAnswerError when there are several. */
export function onlyOne<T extends { readonly href: string }>(objects: readonly T[], what: string): T | undefined {
  if (objects.length <= 1) return objects[0];
  const hrefs = objects.map(({ href }) => href).slice(0, 5);
  throw new UnexpectedAnswerError(
    `the PCE has ${objects.length} of ${what}, and there must be one (${hrefs.join(", ")}); delete all but one of them`,
  );
}

/** The one object with this identity. `list` asks for those that match a query, which may be more. */
export async function findByIdentity<T extends Partial<ExternalIdentity> & { readonly href: string }>(
  { externalDataSet, externalDataReference }: ExternalIdentity,
  kind: string,
  list: (query: Readonly<Record<string, string>>) => Promise<readonly T[]>,
): Promise<T | undefined> {
  const found = await list({ external_data_set: externalDataSet, external_data_reference: externalDataReference });
  const matches = found.filter(
    (each) => each.externalDataSet === externalDataSet && each.externalDataReference === externalDataReference,
  );
  return onlyOne(matches, `the ${kind} ${named({ externalDataSet, externalDataReference })}`);
}

/** How an error names the identity. */
export function named({ externalDataSet, externalDataReference }: ExternalIdentity): string {
  return `${externalDataReference} of ${externalDataSet}`;
}
