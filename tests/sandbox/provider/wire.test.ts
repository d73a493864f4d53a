import assert from "node:assert/strict";
import fc from "fast-check";
import { canonical, decode, encode } from "../../../sandbox/aws/provider/wire";

const SIG = "4dabf18193072939515e22adb298388d";
const secretOf = (value: unknown) => ({ [SIG]: "1b47061264138c4ac30d75fd1eb44270", value });
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("wire values", () => {
  it("takes the mark off a secret and says which property had it, at any depth", () => {
    const decoded = decode({ open: 1, shut: secretOf("s"), deep: { list: [secretOf("t")] } });

    assert.deepEqual(decoded.plain, { open: 1, shut: "s", deep: { list: ["t"] } });
    assert.deepEqual([...decoded.secret], ["shut", "deep"]);
  });

  it("says which properties are not known yet", () => {
    assert.deepEqual([...decode({ a: 1, b: { c: [UNKNOWN] } }).unknown], ["b"]);
  });

  it("puts a resource's id in place of a reference to it", () => {
    const reference = { [SIG]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:x", id: "role-1" };

    assert.deepEqual(decode({ role: reference }).plain, { role: "role-1" });
  });

  it("leaves nulls out, and keeps the length of lists", () => {
    assert.deepEqual(decode({ gone: null, list: [1, null], deep: { gone: null } }).plain, {
      list: [1, null],
      deep: {},
    });
  });

  it("gives back what it took, whatever is secret", () => {
    const properties = fc.dictionary(
      fc.string().filter((key) => key !== "__proto__" && key !== SIG),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(properties, (given) => {
        const { plain } = decode(given);
        const names = new Set(Object.keys(plain));

        const again = decode(encode(plain, names));

        assert.deepEqual(again.plain, plain);
        assert.deepEqual(new Set(again.secret), names);
      }),
    );
  });

  it("writes equal values alike, and archives by their content", () => {
    const archive = (hash: string, text: string) => ({
      [SIG]: "0def7320c3a5731c473e5ecbe6d01bc7",
      hash,
      assets: { a: { text } },
    });

    assert.equal(canonical({ a: 1, b: [2] }), canonical({ b: [2], a: 1 }));
    assert.equal(canonical(archive("h1", "x")), canonical(archive("h1", "y")));
    assert.notEqual(canonical(archive("h1", "x")), canonical(archive("h2", "x")));
  });
});
