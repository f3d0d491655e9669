import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import path from "node:path";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder, weightsOf } from "../support/small-data.js";

describe("threads", function () {
  this.timeout(60_000);

  it("one, and more than there are cores, train to the same bits", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 12, dev: 4 });
    const weights = [1, 2, 4 * availableParallelism() + 1].map(async (threads) => {
      const out = path.join(folder.path, String(threads));
      await train({ encoder: golden("tiny-bert"), data, out, options: { epochs: 2 }, device: { threads } });
      return weightsOf(out);
    });
    const [one, ...others] = await Promise.all(weights);
    for (const other of others) assert.ok(other.equals(one!));
  });
});
