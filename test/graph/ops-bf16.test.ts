import assert from "node:assert/strict";
import { fusedOps, primitiveOps } from "../../lib/graph/ops/index.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import { assertClose } from "../support/engines.js";
import { referenceOf, runOnAddon, sampleName } from "../support/run-op.js";

describe("ops: kernels against references at precision bf16", () => {
  for (const level of loadAddon().availableLevels())
    describe(level, () => {
      const engines = [1, 2].map(
        (threads) => new AddonEngine(loadAddon(), { level, threads, precision: "bf16" }),
      );
      after(() => Promise.all(engines.map((engine) => engine.dispose())));

      for (const op of [...primitiveOps, ...fusedOps])
        for (const sample of op.samples)
          it(`${op.name} ${sampleName(sample)}`, async () => {
            const expected = referenceOf(op, sample);
            const [one, two] = await Promise.all(engines.map((engine) => runOnAddon(engine, op, sample)));
            for (const [k, { type, data }] of expected.entries())
              assertClose(one![k]!, data, type === "i32" ? 0 : 1e-2, `output ${k}`);
            assert.deepEqual(two, one, "one thread and two give equal bits");
          });
    });
});
