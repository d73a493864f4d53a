import type { Provider } from "@pulumi/pulumi/provider";
import { selfOf } from "../aws/provider/resource-type";
import type { Properties } from "../aws/provider/wire";
import { canonical, decode, encode } from "../aws/provider/wire";
import type { RandomSource } from "./values";
import { RANDOM_TYPES } from "./values";

// the inputs that a value was made from, kept in its state: the engine's diff request carries the state only
const MADE_FROM = "__inputs";

/** The random provider stand-in: real random values that stay until an input (`keepers` among them) changes. */
export function randomProvider(
  source: RandomSource,
): Required<Pick<Provider, "version" | "check" | "diff" | "create" | "read" | "update" | "delete" | "invoke">> {
  return {
    version: "4.21.2",

    check: async (urn, _olds, news: Properties) => {
      makerOf(urn);
      return { inputs: news };
    },

    diff: async (_id, _urn, olds: Properties, news: Properties) => {
      const text = decode(olds).plain[MADE_FROM];
      const before = typeof text === "string" ? (JSON.parse(text) as Properties) : {};
      const { plain, unknown } = decode(news);
      const keys = new Set([...Object.keys(before), ...Object.keys(plain), ...unknown]);
      const replaces = [...keys].filter((key) => unknown.has(key) || canonical(before[key]) !== canonical(plain[key]));
      return { changes: replaces.length > 0, replaces };
    },

    create: async (urn, news: Properties) => {
      const { plain, secret } = decode(news);
      const made = makerOf(urn)(plain, source);
      const marked = new Set([...secret, ...(made.secret ?? []), ...(secret.size > 0 ? [MADE_FROM] : [])]);
      return { id: made.id, outs: encode({ ...plain, ...made.outputs, [MADE_FROM]: canonical(plain) }, marked) };
    },

    read: async (id, _urn, props?: Properties) => ({ id, props: props ?? {} }),

    update: async (_id, urn) => {
      throw new Error(`${selfOf(urn).type} cannot be updated: every change replaces it`);
    },

    delete: async () => undefined,

    invoke: async (token) => {
      throw new Error(`the sandbox's random stand-in does not know the function ${token}`);
    },
  };
}

function makerOf(urn: string) {
  const { type } = selfOf(urn);
  const maker = RANDOM_TYPES[type];
  if (maker === undefined) {
    throw new Error(
      `the sandbox's random stand-in does not know the resource type ${type}; add it to sandbox/random/values.ts`,
    );
  }
  return maker;
}
