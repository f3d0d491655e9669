import { trainingTypes } from "../../data/dataset.js";
import { chosenExamples } from "../../in-context.js";
import { labelSentences } from "../../llm/labelling.js";
import type { Tags, System, SystemAnswer, SystemRequest } from "../system.js";
import { aidOf, splitTrain, withCost, type LanguageModelAid } from "./aid.js";

/** A language model that sees labelled sentences in its prompt, and no recogniser (METHOD 9, in-context learning). */
export const llmAlone: System = {
  title: "a language model alone",
  asksLanguageModel: true,
  trainingOptions: () => undefined,
  run(request) {
    const aid = aidOf(request);
    return withCost(aid, label(request, aid));
  },
};

async function label(request: SystemRequest, aid: LanguageModelAid): Promise<SystemAnswer> {
  const { data, options, signal } = request;
  const { model: llm, domain } = aid;
  const examples = chosenExamples(splitTrain(request).drawn, aid.examples, options.seed ?? 1);
  const tagged = async (split: "dev" | "test"): Promise<Tags> => {
    const tags: (readonly string[])[] = [];
    const words = data[split]!.map((sentence) => sentence.words);
    const given = { llm, domain, types: trainingTypes(data), examples, signal };
    for await (const { sentence } of labelSentences(words, given)) tags.push(sentence.tags);
    return tags;
  };
  const device = { device: "language model", level: llm.name, threads: llm.parallel, precision: "its own" };
  return {
    dev: await tagged("dev"),
    test: await tagged("test"),
    device,
    details: { shots: examples.length },
  };
}
