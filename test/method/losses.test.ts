import { floats, ints } from "../../lib/graph/nd-array.js";
import { binaryCrossEntropy } from "../../lib/graph/ops/binary-cross-entropy.js";
import { counterfactualEffect } from "../../lib/graph/ops/counterfactual-effect.js";
import { crossEntropy } from "../../lib/graph/ops/cross-entropy.js";
import { uniformKl } from "../../lib/graph/ops/uniform-kl.js";
import { unlikelihood } from "../../lib/graph/ops/unlikelihood.js";
import { atEveryLevel } from "../support/engines.js";
import { readGolden } from "../support/golden.js";
import { assertGolden, matrix, runGraph } from "./run-graph.js";

interface Losses {
  explicit: {
    factual: number[][];
    counterfactual: number[][];
    gold: number[];
    words: number[];
    loss: number;
    gradient_factual: number[][];
    gradient_counterfactual: number[][];
  };
  implicit: {
    rest: number[][];
    gold: number[];
    uniform: { loss: number; gradient: number[][] };
    unlikely: { loss: number; gradient: number[][] };
  };
  auxiliary: { logits: number[][]; target: number[][]; loss: number; gradient: number[][] };
}

describe("losses of the method against PyTorch", () => {
  const { explicit, implicit, auxiliary } = readGolden<Losses>("losses.json");

  atEveryLevel((engine) => {
    it("explicit counterfactual: cross-entropy of the effect, on entity words", async () => {
      const gold = explicit.gold.map((tag, word) => (explicit.words.includes(word) ? tag : -1));
      const inputs = {
        factual: matrix(explicit.factual),
        counterfactual: matrix(explicit.counterfactual),
        tau: floats([1], [1]),
        gold: ints([gold.length], gold),
      };
      const results = await runGraph(engine, inputs, (x) => {
        const effect = counterfactualEffect(x.factual!, x.counterfactual!, x.tau!, { sparesO: false });
        return { loss: crossEntropy(effect, x.gold!) };
      });
      assertGolden(results, "loss", [explicit.loss]);
      assertGolden(results, "gradient.factual", explicit.gradient_factual.flat());
      assertGolden(results, "gradient.counterfactual", explicit.gradient_counterfactual.flat());
    });

    for (const [reading, loss] of [
      ["uniform", uniformKl],
      ["unlikely", unlikelihood],
    ] as const)
      it(`implicit counterfactual, ${reading} rest`, async () => {
        const inputs = { rest: matrix(implicit.rest), gold: ints([implicit.gold.length], implicit.gold) };
        const results = await runGraph(engine, inputs, (x) => ({ loss: loss(x.rest!, x.gold!) }));
        assertGolden(results, "loss", [implicit[reading].loss]);
        assertGolden(results, "gradient.rest", implicit[reading].gradient.flat());
      });

    it("auxiliary task: binary cross-entropy", async () => {
      const inputs = { logits: matrix(auxiliary.logits), target: matrix(auxiliary.target) };
      const results = await runGraph(engine, inputs, (x) => ({
        loss: binaryCrossEntropy(x.logits!, x.target!),
      }));
      assertGolden(results, "loss", [auxiliary.loss]);
      assertGolden(results, "gradient.logits", auxiliary.gradient.flat());
    });
  });
});
