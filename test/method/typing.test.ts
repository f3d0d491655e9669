import assert from "node:assert/strict";
import { softmaxOf } from "../../lib/graph/ops/softmax.js";
import { mentionsIn } from "../../lib/model/mentions-in-batch.js";
import { typeVectors } from "../../lib/model/type-scores.js";
import { Slot } from "../../lib/native/contract.js";
import { atEveryLevel } from "../support/engines.js";
import { fill, inputsOf, partOf, types } from "../support/method-parts.js";

describe("typing of mentions", () => {
  atEveryLevel((engine) => {
    it("is the cross-entropy of the mean vectors' products with the types' vectors over √d", async () => {
      const options = { fusion: "none", dec: "viterbi" };
      const part = partOf({ part: "typing", title: "", options, value: 0, gradient_norm: 0 });
      await fill(engine, part.scope);
      const inputs = await inputsOf(part);
      const outputs = { loss: part.loss, h: part.context.words.h };
      const { loss, h } = await engine.program({ outputs }).run(inputs);
      const d = h!.length / inputs.gold!.length;
      const vectors = await engine.read(typeVectors, Slot.value, 0, types.length * d);
      const { spans, types: gold } = mentionsIn(inputs.gold!, inputs.words!);
      const losses = spans.map(([first, length], k) => {
        const mean = (column: number) =>
          Array.from({ length }, (_, j) => h![(first + j) * d + column]!).reduce((a, b) => a + b) / length;
        const vector = Array.from({ length: d }, (_, column) => mean(column));
        const scores = types.map((_, t) => vector.reduce((sum, x, column) => sum + x * vectors[t * d + column]!, 0) / Math.sqrt(d)); // prettier-ignore
        return -Math.log(softmaxOf(Float32Array.from(scores))[gold[k]!]!);
      });
      const expected = losses.reduce((a, b) => a + b) / losses.length;
      assert.ok(losses.length > 3 && Math.abs(loss![0]! - expected) < 1e-5, `${loss![0]}, ${expected}`);
    });
  });
});
