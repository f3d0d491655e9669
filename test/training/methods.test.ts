import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { adaptationMethods, adaptationOptions } from "../../lib/adapter.js";
import { presetNames, type PresetName } from "../../lib/model/presets.js";
import { packageRoot } from "../../lib/native/load.js";
import { trainingOptionsOf } from "../../lib/training/options.js";

/** Weights of the parts by the names that METHOD 7 gives them. */
function weightsOf(preset: PresetName) {
  const { objective } = trainingOptionsOf({ preset });
  const { consistency, typing, alignment, auxiliary, explicit, implicit, keeping } = objective;
  const parts = { con: consistency, type: typing, gw: alignment, aux: auxiliary, exp: explicit, imp: implicit, keep: keeping }; // prettier-ignore
  const weights = Object.entries(parts).map(([name, part]) => [name, part?.weight ?? 0] as const);
  return Object.fromEntries(weights.filter(([, weight]) => weight > 0));
}

describe("ways of adapting", () => {
  const begins = {
    finetune: { epochs: 30, batchSentences: 8, preset: "finetune" },
    lst: { epochs: 30, batchSentences: 8, preset: "lst" },
    cdlm: { epochs: 30, batchSentences: 8, preset: "default", decoding: "crf" },
  } as const;

  it("are these, and no others", () => assert.deepEqual(adaptationMethods, Object.keys(begins)));

  for (const method of adaptationMethods)
    it(`${method} begins with its own options, which given ones lie over`, () => {
      assert.deepEqual(adaptationOptions(method), begins[method]);
      const given = { epochs: 5, preset: "paper", decoding: "argmax", seed: 3 } as const;
      assert.deepEqual(adaptationOptions(method, given), { batchSentences: 8, ...given });
    });
});

describe("named objectives", () => {
  const paper = { gw: 0.01, aux: 0.1, exp: 0.1, imp: 0.1 };
  const half = { sentences: 0.5, mentions: 0.5 };
  const none = { sentences: 0, mentions: 0.5 };
  const expected = {
    finetune: [{}, "none", none, 0],
    default: [{ con: 2, type: 1 }, "none", { sentences: 1, mentions: 1 }, 0],
    lst: [{ gw: 0.01, aux: 0.1 }, "add", none, 0],
    paper: [paper, "concat", half, "dev"],
    "paper-without-fusion": [paper, "none", half, "dev"],
    "paper-without-alignment": [{ aux: 0.1, exp: 0.1, imp: 0.1 }, "concat", half, "dev"],
    "paper-without-explicit": [{ gw: 0.01, aux: 0.1, imp: 0.1 }, "concat", half, 0],
    "paper-without-implicit": [{ gw: 0.01, aux: 0.1, exp: 0.1 }, "concat", half, "dev"],
    "paper-without-causal": [{ gw: 0.01, aux: 0.1 }, "concat", none, 0],
    "paper-without-auxiliary": [{ gw: 0.01, exp: 0.1, imp: 0.1 }, "concat", half, "dev"],
  } as const;

  it("are these, and no others", () => assert.deepEqual(presetNames, Object.keys(expected)));

  for (const preset of presetNames)
    it(`${preset} has its weights, fusion, exchanges and τ`, () => {
      const { fusion, interventions, tau } = trainingOptionsOf({ preset }).objective;
      const { sentences, mentions, contexts, pool, placement } = interventions;
      assert.deepEqual([weightsOf(preset), fusion.form, { sentences, mentions }, tau], expected[preset]);
      assert.deepEqual({ contexts, pool, placement }, { contexts: 0, pool: "target", placement: "replace" });
    });

  for (const preset of ["finetune", "default", "lst", "paper"] as const)
    it(`${preset} weighs what docs/method.md says`, async () => {
      const text = await readFile(path.join(packageRoot, "docs/method.md"), "utf8");
      const [, parts] = new RegExp(`^\\| \`${preset}\` +\\|(.*)\\|$`, "m").exec(text)!;
      const said = [...parts!.matchAll(/λ_(\w+) (\d+(?:\.\d+)?)/g)];
      assert.deepEqual(Object.fromEntries(said.map(([, name, weight]) => [name, Number(weight)])), weightsOf(preset)); // prettier-ignore
    });
});
