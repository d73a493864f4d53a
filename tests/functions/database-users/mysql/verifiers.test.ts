import assert from "node:assert/strict";
import { cachingSha2Verifier, nativeVerifier, shaCrypt } from "../../../../functions/database-users/mysql/verifiers";

const LONG = "a very much longer text to encrypt.  This one even stretches over morethan one line.";

describe("what is sent in a password's place", () => {
  it("to MariaDB is what its PASSWORD() makes", () => {
    assert.equal(nativeVerifier("password"), "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
  });

  // as `openssl passwd -5` makes them
  for (const [password, salt, rounds, digest] of [
    ["Hello world!", "saltstring", 5000, "5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"],
    ["Hello world!", "saltstringsaltst", 10_000, "3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"],
    [LONG, "anotherlongsalts", 1400, "Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1"],
  ] as const)
    it(`to MySQL has the digest of SHA-crypt: ${rounds} rounds with the salt ${salt}`, () => {
      assert.equal(shaCrypt(password, salt, rounds), digest);
    });

  it("to MySQL says how it was made, and has another salt each time", () => {
    const [one, other] = [cachingSha2Verifier("p"), cachingSha2Verifier("p")];

    assert.match(one, /^\$A\$005\$[A-Za-z0-9]{20}[./A-Za-z0-9]{43}$/);
    assert.notEqual(one, other);
  });
});
