import assert from "node:assert/strict";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder, tensorsOf } from "../support/small-data.js";

const steady = { batchSentences: 4, warmup: 0, schedule: "constant", learningRate: 1e-3 } as const;

async function trained(options: { epochs: number; averageDecay?: number; evaluateFrom: number }) {
  await using folder = await temporaryFolder();
  const data = await smallData("politics", { train: 24, dev: 8 });
  await train({ encoder: golden("tiny-bert"), data, out: folder.path, options: { ...steady, ...options } });
  return await tensorsOf(folder.path);
}

describe("the average of weights", function () {
  this.timeout(60_000);

  it("of two epochs is what lies between them", async () => {
    const [first, second, average] = [
      await trained({ epochs: 1, evaluateFrom: 1 }),
      await trained({ epochs: 2, evaluateFrom: 1 }),
      await trained({ epochs: 2, evaluateFrom: 1, averageDecay: 0.25 }),
    ];
    let moved = 0;
    for (const [name, values] of average)
      values.forEach((value, k) => {
        const [a, b] = [first.get(name)![k]!, second.get(name)![k]!];
        assert.ok(Math.abs(value - (0.25 * a + 0.75 * b)) <= 1e-6 * Math.max(1, Math.abs(b)), name);
        moved += Number(a !== b);
      });
    assert.ok(moved > 1000);
  });

  it("is put in the weights' place for dev scores only: training goes on as without it", async () => {
    const plain = await trained({ epochs: 4, evaluateFrom: 0 });
    assert.deepEqual(await trained({ epochs: 4, evaluateFrom: 0, averageDecay: 1e-30 }), plain);
  });
});
