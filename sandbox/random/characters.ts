import type { Properties } from "../aws/provider/wire";

/** A whole random number from 0 up to, not including, `below`. */
export type RandomBelow = (below: number) => number;

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const NUMERIC = "0123456789";
// source: terraform-provider-random, internal/random/string.go
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

interface CharacterClass {
  readonly characters: string;
  readonly allowed: boolean;
  readonly minimum: number;
}

/**
 * A random text of `length` characters from the allowed classes, with at least `min...` of each, in random order.
 * Throws when the minimums need more characters than there are, or when no class is allowed.
 */
export function randomText(inputs: Properties, below: RandomBelow): string {
  const length = numberOf(inputs, "length", 0);
  const classes = classesOf(inputs);
  const fromMinimums = classes.reduce((sum, each) => sum + each.minimum, 0);
  if (!Number.isInteger(length) || length < 1)
    throw new Error(`length must be a whole number of at least 1, got ${length}`);
  if (fromMinimums > length) throw new Error(`length ${length} is less than the minimums together, ${fromMinimums}`);
  const any = classes.filter((each) => each.allowed).map((each) => each.characters);
  if (any.join("") === "" && fromMinimums < length)
    throw new Error("no character is allowed; allow upper, lower, numeric or special");

  const chosen = classes.flatMap(({ characters, minimum }) => pick(characters, minimum, below));
  return shuffle([...chosen, ...pick(any.join(""), length - fromMinimums, below)], below).join("");
}

function classesOf(inputs: Properties): readonly CharacterClass[] {
  const special = inputs["overrideSpecial"];
  // `number` is the older name of `numeric`
  const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
  return [
    { characters: LOWER.toUpperCase(), allowed: inputs["upper"] !== false, minimum: numberOf(inputs, "minUpper", 0) },
    { characters: LOWER, allowed: inputs["lower"] !== false, minimum: numberOf(inputs, "minLower", 0) },
    { characters: NUMERIC, allowed: numeric !== false, minimum: numberOf(inputs, "minNumeric", 0) },
    {
      characters: typeof special === "string" && special !== "" ? special : SPECIAL,
      allowed: inputs["special"] !== false,
      minimum: numberOf(inputs, "minSpecial", 0),
    },
  ];
}

/** A number among the properties, or the default; anything else is an error. */
export function numberOf(inputs: Properties, key: string, byDefault: number): number {
  const value = inputs[key] ?? byDefault;
  if (typeof value !== "number") throw new Error(`${key} must be a number, got ${typeof value}`);
  return value;
}

const pick = (characters: string, count: number, below: RandomBelow): string[] =>
  Array.from({ length: count }, () => characters.charAt(below(characters.length)));

function shuffle(items: readonly string[], below: RandomBelow): string[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    const held = mixed[at] ?? "";
    mixed[at] = mixed[other] ?? "";
    mixed[other] = held;
  }
  return mixed;
}
