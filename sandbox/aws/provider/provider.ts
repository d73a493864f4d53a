import type { Provider } from "@pulumi/pulumi/provider";
import { withName } from "./autoname";
import { difference } from "./difference";
import type { Invokes } from "./invokes";
import type { Ledger } from "./ledger";
import type { ResourceType, ResourceTypes, Self } from "./resource-type";
import { selfOf } from "./resource-type";
import type { Decoded, Properties } from "./wire";
import { canonical, decode, encode, isArchive, isObject } from "./wire";
import type { World } from "./world";

/** What the AWS stand-in is made of. */
export interface ProviderParts {
  readonly types: ResourceTypes;
  readonly invokes: Invokes;
  /** Asked once, at the first request: it needs the emulator. */
  readonly openWorld: () => Promise<World>;
  readonly ledger: Ledger;
  readonly hex: (digits: number) => string;
  /** One line for each thing done; never a value of a resource. */
  readonly log: (line: string) => void;
}

/** A resource type that the table does not know: nothing is faked for it. */
export class UnknownTypeError extends Error {
  override readonly name = "UnknownTypeError";
  constructor(type: string) {
    super(
      `the sandbox's AWS stand-in does not know the resource type ${type}; nothing was made; ` +
        "add it to the tables under sandbox/aws/provider, as created, played or recorded",
    );
  }
}

// the inputs that a resource was made from, kept in its state: the engine's diff request carries the state only
const MADE_FROM = "__inputs";

/** The AWS provider stand-in, as the engine's provider protocol wants it. */
export function awsProvider(
  parts: ProviderParts,
): Required<Pick<Provider, "version" | "check" | "diff" | "create" | "read" | "update" | "delete" | "invoke">> {
  let opened: Promise<World> | undefined;
  const world = (): Promise<World> => {
    opened ??= parts.openWorld();
    return opened;
  };
  // a resource may say another region than the provider's
  const worldOf = async ({ region }: Properties): Promise<World> => {
    const home = await world();
    return typeof region === "string" && region !== home.region ? { ...home, region, aws: home.awsIn(region) } : home;
  };
  const told = async <T>(what: string, step: () => Promise<T>): Promise<T> => {
    try {
      const result = await step();
      parts.log(`${what}: done`);
      return result;
    } catch (cause) {
      const reason = reasonOf(cause);
      parts.log(`${what}: ${reason}`);
      throw new Error(reason, { cause });
    }
  };
  const lookUp = (urn: string): { self: Self; type: ResourceType } => {
    const self = selfOf(urn);
    const type = parts.types[self.type];
    if (type === undefined) throw new UnknownTypeError(self.type);
    return { self, type };
  };

  return {
    version: "7.48.0",

    check: async (urn, olds: Properties, news: Properties) => {
      const { self, type } = lookUp(urn);
      const inputs = jsonAsText(type, news);
      if (type.autoname === undefined) return { inputs };
      return { inputs: withName(type.autoname, self.name, olds, inputs, parts.hex) };
    },

    diff: async (_id, urn, olds: Properties, news: Properties) =>
      difference(lookUp(urn).type, madeFrom(olds), decode(news)),

    create: (urn, news: Properties) => {
      const { self, type } = lookUp(urn);
      return told(`create ${self.type} ${self.name}`, async () => {
        const wanted = decode(news);
        const { id, outputs } = await type.create(wanted.plain, await worldOf(wanted.plain), self);
        await parts.ledger.made(self, type.kind, id, publicInputs(wanted));
        return { id, outs: stateOf(type, wanted, outputs, await world()) };
      });
    },

    // nobody else changes the emulator: the state is what is there
    read: async (id, _urn, props?: Properties) => ({ id, props: props ?? {} }),

    update: (id, urn, olds: Properties, news: Properties) => {
      const { self, type } = lookUp(urn);
      return told(`update ${self.type} ${self.name}`, async () => {
        if (type.update === undefined) throw new Error(`${self.type} has no update; every change replaces it`);
        const wanted = decode(news);
        const before = decode(olds).plain;
        const outputs = await type.update(id, wanted.plain, madeFrom(olds), await worldOf(wanted.plain), self);
        await parts.ledger.changed(self, type.kind, id, publicInputs(wanted));
        return { outs: stateOf(type, wanted, outputs, await world(), keptOutputs(before, madeFrom(olds))) };
      });
    },

    delete: (id, urn, props: Properties) => {
      const { self, type } = lookUp(urn);
      return told(`delete ${self.type} ${self.name}`, async () => {
        const { plain } = decode(props);
        await type.delete(id, plain, await worldOf(plain), self);
        await parts.ledger.gone(self, type.kind, id);
      });
    },

    invoke: (token, args: Properties) =>
      told(`invoke ${token}`, async () => {
        const invoke = parts.invokes[token];
        if (invoke === undefined) {
          throw new Error(
            `the sandbox's AWS stand-in does not know the function ${token}; add it to sandbox/aws/provider/invokes.ts`,
          );
        }
        return { outputs: encode(await invoke(decode(args).plain, await world()), new Set()) };
      }),
  };
}

function stateOf(
  type: ResourceType,
  wanted: Decoded,
  outputs: Properties,
  world: World,
  kept: Properties = {},
): Properties {
  const { plain, secret } = wanted;
  const marked = new Set([...secret, ...(type.secretOutputs ?? []), ...(secret.size > 0 ? [MADE_FROM] : [])]);
  const common = { region: world.region, tagsAll: plain["tags"] ?? {} };
  const state = { ...kept, ...common, ...plain, ...outputs, [MADE_FROM]: canonical(plain) };
  return encode(state, marked);
}

function madeFrom(olds: Properties): Properties {
  const text = decode(olds).plain[MADE_FROM];
  return typeof text === "string" ? (JSON.parse(text) as Properties) : {};
}

// outputs of the state that no input gave: an input that was taken away must not live on as an output
function keptOutputs(state: Properties, inputs: Properties): Properties {
  const derived = Object.entries(state).filter(([key]) => !(key in inputs) && key !== MADE_FROM && key !== "tagsAll");
  return Object.fromEntries(derived);
}

function publicInputs({ plain, secret }: Decoded): Properties {
  return Object.fromEntries(
    Object.entries(plain).map(([key, value]) => {
      if (secret.has(key)) return [key, "(secret)"];
      return [key, isArchive(value) ? `hash:${value.hash}` : value];
    }),
  );
}

function jsonAsText(type: ResourceType, inputs: Properties): Properties {
  const result: Record<string, unknown> = { ...inputs };
  for (const key of type.json ?? []) {
    const value = result[key];
    // an object with marks (a secret, an unknown) is left for create, which sees its value
    if (isObject(value) && !JSON.stringify(value).includes("4dabf18193072939515e22adb298388d")) {
      result[key] = JSON.stringify(value);
    }
  }
  return result;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const named = cause.message.startsWith(`${cause.name}:`) || cause.name === "Error" || cause.name.endsWith("Error");
  return named ? cause.message : `${cause.name}: ${cause.message}`;
}
