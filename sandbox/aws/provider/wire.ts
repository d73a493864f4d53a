/**
 * The engine's property values, as they arrive at and leave a provider: plain JSON in which marked objects stand for secrets,
 * archives, assets and resource references, and marked strings for values that are not known yet.
 *
 * source:  pulumi, sdk/proto and sdk/nodejs/runtime/rpc.ts
 * example: {"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","value":"a secret"}
 */
import {
  specialArchiveSig,
  specialAssetSig,
  specialOutputValueSig,
  specialResourceSig,
  specialSecretSig,
  specialSigKey,
} from "@pulumi/pulumi/runtime/rpc";

/** Resource properties without secret marks. */
export type Properties = Readonly<Record<string, unknown>>;

/** An archive or asset on the wire; `hash` names its content. */
export interface WireArchive {
  readonly hash: string;
  readonly path?: string;
  readonly text?: string;
  readonly uri?: string;
  readonly assets?: Readonly<Record<string, WireArchive>>;
}

/** Properties without their marks, and what the marks said. */
export interface Decoded {
  readonly plain: Properties;
  /** Top-level properties that are or contain a secret. */
  readonly secret: ReadonlySet<string>;
  /** Top-level properties that are or contain a value not known before the update. */
  readonly unknown: ReadonlySet<string>;
}

// source: pulumi, sdk/go/common/resource/plugin/rpc.go, "Unknown...Value": one string per kind of unknown
const UNKNOWNS: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** True for objects that are neither arrays nor null. */
export const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** True for an archive or asset as it stands in decoded properties. */
export const isArchive = (value: unknown): value is WireArchive =>
  isObject(value) && (value[specialSigKey] === specialArchiveSig || value[specialSigKey] === specialAssetSig);

/** Takes the marks off: secrets and outputs become their value, a resource reference its id; archives stay as they are; nulls go. */
export function decode(marked: Properties): Decoded {
  const secret = new Set<string>();
  const unknown = new Set<string>();
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(marked)) {
    const seen = { secret: false, unknown: false };
    const bare = strip(value, seen);
    if (bare !== undefined) plain[key] = bare;
    if (seen.secret) secret.add(key);
    if (seen.unknown) unknown.add(key);
  }
  return { plain, secret, unknown };
}

/** Marks the named properties as secret; properties that are `undefined` are left out, at any depth. */
export function encode(plain: Properties, secret: ReadonlySet<string>): Properties {
  const marked: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(plain)) {
    if (value === undefined) continue;
    const clean = withoutUndefined(value);
    marked[key] = secret.has(key) ? { [specialSigKey]: specialSecretSig, value: clean } : clean;
  }
  return marked;
}

/** A text that is equal for equal values: keys sorted, archives by their hash. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, each: unknown) => {
      if (isArchive(each)) return `hash:${each.hash}`;
      if (!isObject(each)) return each;
      return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? "undefined"
  );
}

function strip(value: unknown, seen: { secret: boolean; unknown: boolean }): unknown {
  if (value === null || value === undefined) return undefined;
  if (UNKNOWNS.has(value)) {
    seen.unknown = true;
    return value;
  }
  // a list keeps its length: a null in it is AWS's to refuse
  if (Array.isArray(value)) return value.map((each) => strip(each, seen) ?? null);
  if (!isObject(value) || isArchive(value)) return value;

  const mark = value[specialSigKey];
  if (mark === specialSecretSig) {
    seen.secret = true;
    return strip(value["value"], seen);
  }
  if (mark === specialOutputValueSig) {
    if (value["secret"] === true) seen.secret = true;
    if (!("value" in value)) seen.unknown = true;
    return strip(value["value"], seen);
  }
  if (mark === specialResourceSig) return strip(value["id"] ?? value["urn"], seen);

  const entries = Object.entries(value).map(([key, each]) => [key, strip(each, seen)] as const);
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined));
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, withoutUndefined(each)]),
  );
}
