import assert from "node:assert/strict";
import { UploadProgress } from "../../../functions/flow-forwarder/upload-progress";

describe("upload progress", () => {
  it("counts the batches of each object on its own", () => {
    const progress = new UploadProgress();

    progress.accept("a");
    progress.accept("b");
    progress.accept("a");

    assert.deepEqual(
      ["a", "b", "c"].map((identity) => progress.acceptedBatches(identity)),
      [2, 1, 0],
    );
  });

  it("forgets a finished object", () => {
    const progress = new UploadProgress();
    progress.accept("a");

    progress.finish("a");

    assert.equal(progress.acceptedBatches("a"), 0);
  });

  it("remembers nothing of objects that cannot be told apart", () => {
    const progress = new UploadProgress();

    progress.accept(undefined);
    progress.finish(undefined);

    assert.equal(progress.acceptedBatches(undefined), 0);
  });

  it("keeps the hundred objects that were busy last", () => {
    const progress = new UploadProgress();
    const identities = Array.from({ length: 101 }, (_, at) => `object-${at}`);
    for (const identity of identities.slice(0, 100)) progress.accept(identity);

    progress.accept("object-0");
    progress.accept("object-100");

    const known = identities.filter((identity) => progress.acceptedBatches(identity) > 0);
    assert.deepEqual(known, ["object-0", ...identities.slice(2)]);
    assert.equal(progress.acceptedBatches("object-0"), 2);
  });
});
