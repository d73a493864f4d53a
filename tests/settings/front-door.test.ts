import assert from "node:assert/strict";
import { clientRuleNumber } from "../../components/database-acl";
import { read, refusal, settingsIn } from "../support/stack-settings";

const OPEN = { exposure: "public", allowedCidrs: ["203.0.113.0/24"] };
const SERVICE = {
  exposure: "privatelink",
  allowedCidrs: ["10.8.0.0/16"],
  allowedPrincipals: ["arn:aws:iam::111122223333:root"],
};

describe("the front door's settings", () => {
  it("are absent unless a stack file asks for one: an empty object is none", async () => {
    for (const keys of [{}, { frontDoor: {} }]) assert.equal("frontDoor" in (await read(keys)), false);
  });

  it("are complete once they say who may come in, and how", async () => {
    const { frontDoor } = await read({ frontDoor: OPEN, database: { port: 6543 }, network: { zones: ["c", "a"] } });

    assert.deepEqual(frontDoor, {
      exposure: "public",
      port: 6543,
      allowedCidrs: ["203.0.113.0/24"],
      allowedPrincipals: [],
      zones: ["c", "a"],
      preserveClientIp: true,
      deregistrationDelaySeconds: 0,
      syncMinutes: 1,
      syncInVpc: false,
    });
  });

  it("are what the stack file says, key by key", async () => {
    const file = {
      ...SERVICE,
      port: 443,
      zones: ["b", "a"],
      preserveClientIp: false,
      deregistrationDelaySeconds: 30,
      syncMinutes: 15,
      syncInVpc: true,
    };

    assert.deepEqual((await read({ frontDoor: file, network: { nat: "per-zone" } })).frontDoor, file);
  });

  const principals = (name: string) => `arn:aws:iam::111122223333:${name}`;
  const values: readonly { key: string; good: readonly unknown[]; bad: readonly unknown[] }[] = [
    { key: "exposure", good: ["internal"], bad: ["private", "none", true] },
    { key: "port", good: [1, 65_535], bad: [0, 65_536, "5432", 5432.5] },
    {
      key: "allowedCidrs",
      good: [["10.0.0.0/8"], ["192.0.2.7/32", "192.0.2.8/32"]],
      bad: ["203.0.113.0/24", { office: "203.0.113.0/24" }, [1]],
    },
    { key: "deregistrationDelaySeconds", good: [0, 30], bad: [-1, 31, "0"] },
    { key: "preserveClientIp", good: [false], bad: ["false", 0] },
    { key: "syncMinutes", good: [1, 15], bad: [0, 16, 1.5] },
    { key: "syncInVpc", good: [false], bad: ["true", 1] },
    {
      key: "zones",
      good: [
        ["a", "b"],
        ["b", "a"],
      ],
      bad: ["ab", ["a", "e"], [1]],
    },
  ];
  for (const { key, good, bad } of values) {
    it(`are refused for what ${key} cannot be, and for nothing else`, async () => {
      for (const value of good) await read({ frontDoor: { ...OPEN, [key]: value } });
      for (const value of bad) {
        const error = await refusal({ frontDoor: { ...OPEN, [key]: value } });
        assert.deepEqual(settingsIn(error), [`frontDoor.${key}`], JSON.stringify(value));
      }
    });
  }

  it("let in accounts, users and roles that are named, and never everybody", async () => {
    const good = [principals("root"), principals("user/ops/ann"), principals("role/clients")];
    const bad = [
      "*",
      "111122223333",
      principals("role/*"),
      principals("group/all"),
      "arn:aws:sts::111122223333:assumed-role/a/b",
    ];

    await read({ frontDoor: { ...SERVICE, allowedPrincipals: good } });
    for (const wrong of [...bad.map((one) => [one]), [], good[0]]) {
      const error = await refusal({ frontDoor: { ...SERVICE, allowedPrincipals: wrong } });
      assert.deepEqual(settingsIn(error), ["frontDoor.allowedPrincipals"], JSON.stringify(wrong));
      assert.match(error.message, /never \*/);
    }
  });
});

describe("a front door's networks", () => {
  const refused: readonly [string, readonly string[], RegExp][] = [
    ["none", [], /got\s+none\n.*1 to 16 IPv4 networks.*\n.*do\s+name them, for example \["203\.0\.113\.0\/24"\]/],
    ["an address without a length", ["203.0.113.7"], /"203\.0\.113\.7"\n.*\n.*do.*prefix length/],
    ["a length that IPv4 doesn't have", ["203.0.113.0/33"], /do.*prefix length/],
    ["a name", ["office"], /do.*prefix length/],
    ["one not by its first address", ["203.0.113.7/24"], /do\s+that address lies inside 203\.0\.113\.0\/24: write/],
    ["IPv6", ["2001:db8::/32"], /"2001:db8::\/32"\n.*\n.*do\s+remove it: the network has no IPv6/],
    ["all of IPv6", ["::/0"], /"::\/0"\n.*\n.*do\s+remove it: the network has no IPv6/],
    ["the whole internet", ["0.0.0.0/0"], /"0\.0\.0\.0\/0"\n.*exceptions\.openFrontDoor\n.*do\s+name the networks/],
    ["one that is too wide", ["10.0.0.0/7".replace("10", "8")], /exceptions\.openFrontDoor/],
    ["one twice", ["203.0.113.0/24", "203.0.113.0/24"], /"203\.0\.113\.0\/24" twice/],
    [
      "seventeen",
      Array.from({ length: 17 }, (_, index) => `203.0.${index}.0/24`),
      /17 of them\n.*1 to 16 IPv4 networks.*\n.*do\s+join neighbours/,
    ],
  ];
  for (const [what, allowedCidrs, says] of refused) {
    it(`are refused: ${what}`, async () => {
      const error = await refusal({ frontDoor: { ...OPEN, allowedCidrs } });

      assert.deepEqual(settingsIn(error), ["frontDoor.allowedCidrs"]);
      assert.match(error.message, says);
    });
  }

  it("are refused when the stack file doesn't name any", async () => {
    const error = await refusal({ frontDoor: { exposure: "internal" } });

    assert.deepEqual(settingsIn(error), ["frontDoor.allowedCidrs"]);
    assert.match(error.message, /got\s+none/);
  });

  it("are each told of what is wrong with it, and of nothing that is right", async () => {
    const { problems } = await refusal({
      frontDoor: { ...OPEN, allowedCidrs: ["203.0.113.0/24", "::/0", "0.0.0.0/0", "10.1.2.3/16"] },
    });

    assert.deepEqual(
      problems.map(({ got }) => got),
      ['"::/0"', '"0.0.0.0/0"', '"10.1.2.3/16"'],
    );
  });

  it("may be as wide as they like when it is written why, of IPv4 only", async () => {
    const exceptions = { openFrontDoor: "a public demonstration without data" };
    const { frontDoor } = await read({ frontDoor: { ...OPEN, allowedCidrs: ["0.0.0.0/0"] }, exceptions });

    assert.deepEqual(frontDoor?.allowedCidrs, ["0.0.0.0/0"]);
    const error = await refusal({ frontDoor: { ...OPEN, allowedCidrs: ["0.0.0.0/0", "::/0"] }, exceptions });
    assert.match(error.message, /^1 problem in .*\n\n.*\n.*"::\/0"/);
  });

  it("may be narrow beside that reason, and the reason may stay when the front door is gone", async () => {
    const exceptions = { openFrontDoor: "a public demonstration without data" };

    await read({ frontDoor: OPEN, exceptions });
    await read({ exceptions });
  });

  it("are refused when two of them would have one number in the network ACL, with a way out", async () => {
    const [one, twin] = ["10.0.0.0/32", "10.0.124.7/32"];
    assert.equal(clientRuleNumber(one), clientRuleNumber(twin));

    const error = await refusal({ frontDoor: { ...OPEN, allowedCidrs: ["203.0.113.0/24", one, twin] } });

    assert.deepEqual(settingsIn(error), ["frontDoor.allowedCidrs"]);
    assert.match(error.message, /"10\.0\.0\.0\/32" and "10\.0\.124\.7\/32".*same number/);
    await read({ frontDoor: { ...OPEN, allowedCidrs: ["203.0.113.0/24", one, "10.0.124.6/31"] } });
  });
});

describe("a front door's settings that contradict others", () => {
  const wrong: readonly [string, Readonly<Record<string, unknown>>, string, RegExp][] = [
    [
      "keys without an exposure",
      { frontDoor: { allowedCidrs: OPEN.allowedCidrs } },
      "frontDoor.exposure",
      /one of public, internal, privatelink/,
    ],
    [
      "an endpoint service that nobody may use",
      { frontDoor: { ...SERVICE, allowedPrincipals: undefined } },
      "frontDoor.allowedPrincipals",
      /got\s+nothing, with frontDoor\.exposure privatelink/,
    ],
    [
      "principals of what isn't an endpoint service",
      { frontDoor: { ...OPEN, allowedPrincipals: SERVICE.allowedPrincipals } },
      "frontDoor.allowedPrincipals",
      /do\s+remove it/,
    ],
    [
      "fewer zones than the database uses",
      { frontDoor: { ...OPEN, zones: ["a"] } },
      "frontDoor.zones",
      /got\s+\["a"\] with network\.zones \["a","b"\]\n.*\n.*do\s+leave it out, or write \["a","b"\]/,
    ],
    ["no zone", { frontDoor: { ...OPEN, zones: [] } }, "frontDoor.zones", /leave it out/],
    [
      "a zone that the network hasn't",
      { frontDoor: { ...OPEN, zones: ["a", "b", "c"] } },
      "frontDoor.zones",
      /and no other/,
    ],
    ["a zone twice", { frontDoor: { ...OPEN, zones: ["a", "a"] } }, "frontDoor.zones", /each once/],
    [
      "a target sync in a network without a way out",
      { frontDoor: { ...OPEN, syncInVpc: true } },
      "frontDoor.syncInVpc",
      /single or per-zone/,
    ],
  ];
  for (const [what, keys, key, says] of wrong) {
    it(`are refused: ${what}`, async () => {
      const error = await refusal(keys);

      assert.deepEqual(settingsIn(error), [key]);
      assert.match(error.message, says);
    });
  }

  it("are judged by themselves where others are wrong", async () => {
    const error = await refusal({
      network: { zones: ["a"], nat: "some" },
      frontDoor: { exposure: "open", allowedCidrs: ["0.0.0.0/0"], zones: ["a"], syncInVpc: true },
      exceptions: { openFrontDoor: "because" },
    });

    assert.deepEqual(settingsIn(error), [
      "network.zones",
      "network.nat",
      "frontDoor.exposure",
      "exceptions.openFrontDoor",
    ]);
  });
});
