import assert from "node:assert/strict";
import fc from "fast-check";
import { PolicyStore } from "../../../../sandbox/pce/policy/policy-store";

interface Thing {
  readonly href: string;
  readonly value: number;
  readonly external_data_set: null;
  readonly external_data_reference: null;
}

const thing = (id: number, value: number): Thing => ({
  href: `/orgs/1/sec_policy/draft/things/${id}`,
  value,
  external_data_set: null,
  external_data_reference: null,
});

/** What a reader of the two versions can tell. */
interface Expected {
  draft: Map<number, number>;
  active: Map<number, number>;
  pending: Set<number>;
}

const steps = fc.array(
  fc.record({
    does: fc.constantFrom("write", "delete", "provision"),
    id: fc.integer({ min: 0, max: 3 }),
    value: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 40 },
);

describe("the draft and the active version of policy", () => {
  it("are what a list of drafts, a list of active ones and a list of pending ones say, whatever is done", () => {
    fc.assert(
      fc.property(steps, fc.constantFrom("gone" as const, "pending" as const), (done, unprovisioned) => {
        const store = new PolicyStore<Thing>();
        const expected: Expected = { draft: new Map(), active: new Map(), pending: new Set() };
        const leaving = new Set<number>();
        for (const { does, id, value } of done) {
          const { href } = thing(id, value);
          if (does === "write" && !leaving.has(id)) {
            if (expected.draft.has(id)) store.change(thing(id, value));
            else store.create(thing(id, value));
            expected.draft.set(id, value);
            expected.pending.add(id);
          }
          if (does === "delete" && expected.draft.has(id)) {
            store.delete(href, unprovisioned);
            if (!expected.active.has(id) && unprovisioned === "gone") {
              expected.draft.delete(id);
              expected.pending.delete(id);
            } else {
              leaving.add(id);
              expected.pending.add(id);
            }
          }
          if (does === "provision") {
            store.provision(href);
            const kept = expected.draft.get(id);
            if (leaving.delete(id)) {
              expected.draft.delete(id);
              expected.active.delete(id);
            } else if (kept !== undefined) expected.active.set(id, kept);
            expected.pending.delete(id);
          }
          compare(store, expected);
        }
      }),
    );
  });

  it("have in common that nothing is pending once everything is provisioned, and then they are the same", () => {
    fc.assert(
      fc.property(steps, (done) => {
        const store = new PolicyStore<Thing>();
        for (const { does, id, value } of done) {
          const { href } = thing(id, value);
          if (does === "write")
            store.get(href) === undefined ? store.create(thing(id, value)) : store.change(thing(id, value));
          if (does === "delete") store.delete(href, "gone");
          if (does === "provision") store.provision(href);
        }

        for (const { href } of store.pending()) store.provision(href);

        assert.deepEqual(store.pending(), []);
        assert.deepEqual(store.active(), store.drafts());
      }),
    );
  });
});

function compare(store: PolicyStore<Thing>, { draft, active, pending }: Expected): void {
  const ids = (things: readonly Thing[]) => things.map(({ href }) => Number(href.split("/").at(-1))).sort();
  const sorted = (keys: Iterable<number>) => [...keys].sort();
  const values = (things: readonly Thing[]) =>
    new Map(things.map((one) => [Number(one.href.split("/").at(-1)), one.value]));
  assert.deepEqual(values(store.drafts()), draft);
  assert.deepEqual(values(store.active()), active);
  assert.deepEqual(ids(store.pending()), sorted(pending));
}
