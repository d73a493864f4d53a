import type { Properties } from "../aws/provider/wire";
import type { RandomBelow } from "./characters";
import { numberOf, randomText } from "./characters";

/** Where random values come from. */
export interface RandomSource {
  readonly below: RandomBelow;
  readonly bytes: (count: number) => Buffer;
  readonly uuid: () => string;
}

/** A random resource: its id and its outputs. */
export interface RandomValue {
  readonly id: string;
  readonly outputs: Properties;
  /** Outputs that are secret. */
  readonly secret?: readonly string[];
}

/** How each resource type of the random provider gets its value. */
export const RANDOM_TYPES: Readonly<Record<string, (inputs: Properties, source: RandomSource) => RandomValue>> = {
  "random:index/randomId:RandomId": (inputs, { bytes }) => {
    const value = bytes(numberOf(inputs, "byteLength", 0));
    const prefix = typeof inputs["prefix"] === "string" ? inputs["prefix"] : "";
    const id = value.toString("base64url");
    const outputs = {
      b64Url: prefix + id,
      b64Std: prefix + value.toString("base64"),
      hex: prefix + value.toString("hex"),
      dec: prefix + BigInt(`0x${value.toString("hex")}`).toString(),
    };
    return { id, outputs };
  },

  "random:index/randomString:RandomString": (inputs, { below }) => {
    const result = randomText(inputs, below);
    return { id: result, outputs: { result } };
  },

  // bcryptHash is left out: nothing here reads it, and a made-up one would pass for real
  "random:index/randomPassword:RandomPassword": (inputs, { below }) => ({
    id: "none",
    outputs: { result: randomText(inputs, below) },
    secret: ["result"],
  }),

  "random:index/randomInteger:RandomInteger": (inputs, { below }) => {
    const min = numberOf(inputs, "min", 0);
    const max = numberOf(inputs, "max", 0);
    if (max < min) throw new Error(`max must be at least min, got min ${min} and max ${max}`);
    const result = min + below(max - min + 1);
    return { id: String(result), outputs: { result } };
  },

  "random:index/randomUuid:RandomUuid": (_inputs, { uuid }) => {
    const result = uuid();
    return { id: result, outputs: { result } };
  },

  "random:index/randomPet:RandomPet": (inputs, { below }) => {
    const separator = typeof inputs["separator"] === "string" ? inputs["separator"] : "-";
    const length = numberOf(inputs, "length", 2);
    const words = Array.from({ length }, (_each, at) => oneOf(wordsFor(at, length), below));
    const prefix = typeof inputs["prefix"] === "string" ? [inputs["prefix"]] : [];
    return { id: [...prefix, ...words].join(separator), outputs: { length, separator } };
  },
};

const ADVERBS = ["badly", "calmly", "duly", "early", "fully", "gently", "highly", "kindly", "mostly", "newly"];
const ADJECTIVES = ["able", "bold", "calm", "deep", "eager", "fair", "glad", "keen", "noble", "quick"];
const PETS = ["adder", "bison", "civet", "dingo", "egret", "finch", "gecko", "heron", "ibex", "koala"];

// "pet", "adjective-pet", "adverb-adjective-pet", with more adverbs in front
function wordsFor(at: number, length: number): readonly string[] {
  if (at === length - 1) return PETS;
  return at === length - 2 ? ADJECTIVES : ADVERBS;
}

const oneOf = (words: readonly string[], below: RandomBelow): string => words[below(words.length)] ?? "";
