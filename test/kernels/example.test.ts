import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";

describe("the example of cdlm/kernels", function () {
  this.timeout(60_000);

  it("prints what its page shows, and ends by itself", () => {
    const script = path.join(packageRoot, "dist/examples/kernels.js");
    const printed = execFileSync(process.execPath, [script], { encoding: "utf8" });
    const page = readFileSync(path.join(packageRoot, "docs/kernels.md"), "utf8");
    const shown = /```text\n([^`]*)```/.exec(page)?.[1];
    assert.equal(printed, shown);
  });
});
