import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { compileKernel, KERNEL_CODE_FILE } from "../../flow-logs/compile-kernel";
import { KERNEL_CODE } from "../../flow-logs/kernel-code";

describe("the kernel's code", () => {
  it("is what its source compiles to: npm run kernel", async () => {
    assert.equal(readFileSync(KERNEL_CODE_FILE, "utf8"), await compileKernel());
  });

  it("imports nothing, and says nothing of this machine", () => {
    const code = Buffer.from(KERNEL_CODE, "base64");

    assert.doesNotMatch(code.toString("latin1"), /flow-logs|kernel|\.ts|abort/);
  });
});
