import assert from "node:assert/strict";
import fc from "fast-check";
import { matches, readPattern, UnplayedPatternError } from "../../../sandbox/aws/event-pattern";

const EVENT = {
  source: "aws.rds",
  "detail-type": "RDS DB Instance Event",
  resources: ["arn:one", "arn:two"],
  detail: { EventCategories: ["failover", "availability"], SourceArn: "arn:db", attempt: 2, first: true, note: null },
};

describe("an event pattern", () => {
  const FITTING: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["one of the values listed", { source: ["aws.ec2", "aws.rds"] }],
    ["a value below an object", { detail: { SourceArn: ["arn:db"] } }],
    ["any element of a list in the event", { resources: ["arn:two"] }],
    ["any listed value in any element", { detail: { EventCategories: ["creation", "availability"] } }],
    ["numbers, booleans and null", { detail: { attempt: [2], first: [true], note: [null] } }],
  ];
  for (const [what, pattern] of FITTING) {
    it(`matches ${what}`, () => assert.equal(matches(pattern, EVENT), true));
  }

  const UNFITTING: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["another value", { source: ["aws.ec2"] }],
    ["a field that the event has not", { region: ["eu-west-1"] }],
    ["a field below something that is no object", { source: { name: ["aws.rds"] } }],
    ["text for a number", { detail: { attempt: ["2"] } }],
    ["a list without the value", { resources: ["arn:three"] }],
    ["one field when another differs", { source: ["aws.rds"], detail: { SourceArn: ["arn:other"] } }],
    ["a part of a value", { source: ["aws"] }],
  ];
  for (const [what, pattern] of UNFITTING) {
    it(`does not match ${what}`, () => assert.equal(matches(pattern, EVENT), false));
  }

  const UNPLAYED: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
    ["prefixes", { source: [{ prefix: "aws." }] }, /the pattern\.source is not played.*prefix/],
    [
      "existence, deep down",
      { detail: { SourceArn: [{ exists: true }] } },
      /the pattern\.detail\.SourceArn is not played/,
    ],
    ["alternatives", { $or: [{ source: ["a"] }] }, /the pattern\.\$or is not played/],
    ["a value that is in no list", { source: "aws.rds" }, /the pattern\.source must be a list/],
    ["an empty list", { source: [] }, /must be a list/],
    ["an empty object", { detail: {} }, /the pattern\.detail is empty/],
  ];
  for (const [what, pattern, says] of UNPLAYED) {
    it(`is refused with ${what}, whatever the event`, () => {
      assert.throws(() => readPattern(pattern), says);
      assert.throws(() => matches(pattern, {}), UnplayedPatternError);
    });
  }

  it("made of an event's own values always matches it", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const key = fc.string({ minLength: 1 }).filter((each) => !each.startsWith("$") && each !== "__proto__");
    const { event } = fc.letrec<{ event: Record<string, unknown>; value: unknown }>((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(leaf, { minLength: 1 }), tie("event")),
      event: fc.dictionary(key, tie("value"), { minKeys: 1, maxKeys: 4 }) as fc.Arbitrary<Record<string, unknown>>,
    }));
    const patternOf = (whole: Record<string, unknown>): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(whole).map(([name, value]) => {
          if (Array.isArray(value)) return [name, value.slice(0, 1)];
          const isObject = typeof value === "object" && value !== null;
          return [name, isObject ? patternOf(value as Record<string, unknown>) : [value]];
        }),
      );
    fc.assert(fc.property(event, (whole) => matches(patternOf(whole), whole)));
  });
});
