import assert from "node:assert/strict";
import { historyInputs, historyScores, LabelHistory } from "../../lib/baselines/label-history.js";
import { noise } from "../../lib/graph/nd-array.js";
import { initialise } from "../../lib/model/initialise.js";
import { createEngine } from "../../lib/native/create-engine.js";
import { Scope } from "../../lib/nn/scope.js";
import { TagSet, validTransitions } from "../../lib/text/tag-set.js";

describe("label history", () => {
  const tagSet = new TagSet(["a", "b"]);
  const words = Int32Array.from([0, 5, 5, 1, 6, 7]);

  it("reads the tag before each word, and a start of its own at each sentence", () => {
    const gold = Int32Array.from([1, 2, -1, 0, 3, 1, 0, 0, 0, 4, 4, 0, 1]);
    const { labelsBefore, eachWord } = historyInputs(gold, words, 5);
    assert.deepEqual([...labelsBefore], [5, 1, 2, 0, 0, 5, 5, 0, 0, 0, 4, 4, 0]);
    assert.deepEqual([...eachWord].slice(-4), [11, 1, 12, 1]);
  });

  it("chooses for each word the best valid tag by the scores that training has for the same history", async () => {
    const engine = createEngine({ device: "cpu", threads: 1 });
    const scope = new Scope("prediction");
    const history = engine.program({ outputs: { scores: historyScores(scope, tagSet.size) } });
    const specs = [...scope.parameters.values()].map((spec) => ({ ...spec, initialiser: { kind: "uniform", bound: 1 } as const })); // prettier-ignore
    await initialise(engine, specs, 7);
    const own = Float32Array.from(noise([13, tagSet.size], 3, 1).data);
    const decode = await new LabelHistory(engine, tagSet).decoder();
    const chosen = decode(own, words);
    const { scores } = await history.run({ words, ...historyInputs(chosen, words, tagSet.size) });

    const allowed = validTransitions(tagSet);
    const { labelsBefore } = historyInputs(chosen, words, tagSet.size);
    let changed = 0;
    chosen.forEach((tag, word) => {
      const total = (k: number) => own[word * 5 + k]! + scores![word * 5 + k]!;
      const valid = [0, 1, 2, 3, 4].filter((k) => allowed[labelsBefore[word]! * 5 + k]! > 0);
      const best = valid.reduce((a, b) => (total(b) > total(a) ? b : a));
      assert.ok(total(best) - total(tag) < 1e-4, `word ${word}: ${tag} for ${best}`);
      if ([0, 1, 2, 3, 4].some((k) => own[word * 5 + k]! > own[word * 5 + tag]!)) changed++;
    });
    assert.ok(changed > 0, "the history never decided");
    await engine.dispose();
  });
});
