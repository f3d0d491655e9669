import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { AnswerStore } from "../../lib/llm/answer-store.js";
import { LlamaModel } from "../../lib/llm/llama/llama-model.js";
import { StoredModel } from "../../lib/llm/stored-model.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { politics, requireFlat, runChain } from "./chain.js";
import { smolLm2 } from "./smollm2.js";
import { ownFormat, tinyGguf } from "./tiny-gguf.js";

/** A sentence takes SmolLM2 half a minute of a core, the random model a second: the figures in the docs are of 100 and 1,000. */
const sentences = Number(process.env.CDLM_SENTENCES ?? 1);
const randomSentences = Number(process.env.CDLM_RANDOM_SENTENCES ?? 10);
/** Of fewer sentences the first tenth does not hold what the process takes once. */
const enoughForMemory = 100;
/** Seed of a random model that names edges. */
const namesEdges = 7;

describe("the whole chain", function () {
  this.timeout(0);
  const folder = useTemporaryDirectory();

  (existsSync(smolLm2) ? it : it.skip)(
    `${sentences} sentences by SmolLM2, and again from the full store`,
    async () => {
      await using store = await AnswerStore.open(folder.file("answers"));
      await using llm = new StoredModel(await LlamaModel.open(smolLm2, { threads: 1 }), store);
      const documents = await politics(sentences);
      const first = await runChain(documents, llm, {});
      const { asked, inputTokens, outputTokens } = llm.counts;
      const second = await runChain(documents, llm, {});
      assert.equal(llm.counts.asked, asked, "the second run asks nothing");
      assert.deepEqual(second.lines, first.lines);
      const gain = first.seconds / second.seconds;
      console.log(`      ${asked} answers, ${inputTokens} tokens in, ${outputTokens} out; the second run takes ${second.seconds.toFixed(2)} s, ${gain.toFixed(0)}× less`); // prettier-ignore
      assert.ok(gain >= 100);
      if (sentences >= enoughForMemory) requireFlat(first.resident);
    },
  );

  it(`${randomSentences} sentences by the random model`, async () => {
    const file = await folder.write("tiny.gguf", tinyGguf(ownFormat, namesEdges));
    await using llm = await LlamaModel.open(file, { threads: 1 });
    const { resident } = await runChain(await politics(randomSentences), llm, { passes: 1, experts: 1, rounds: 1, maxEdges: 2 }); // prettier-ignore
    if (randomSentences >= enoughForMemory) requireFlat(resident);
  });
});
