import path from "node:path";
import { trainingTypes } from "../../data/dataset.js";
import type { Sentence } from "../../data/sentence.js";
import { chosenExamples } from "../../in-context.js";
import { agreementOf, labelSentences } from "../../llm/labelling.js";
import { Recognizer } from "../../recognizer.js";
import { adaptAndTag } from "../adapted.js";
import { cdlm } from "../cdlm.js";
import type { System, SystemAnswer, SystemRequest } from "../system.js";
import { aidOf, splitTrain, withCost, type LanguageModelAid } from "./aid.js";

/** The method with more training sentences, which a language model has labelled and its own recogniser agrees with. */
export const cdlmLabels: System = {
  title: "CDLM with a language model's labels",
  asksLanguageModel: true,
  trainingOptions: cdlm.trainingOptions,
  run(request) {
    const aid = aidOf(request);
    return withCost(aid, adaptWithLabels(request, aid));
  },
};

async function adaptWithLabels(request: SystemRequest, aid: LanguageModelAid): Promise<SystemAnswer> {
  const labelled = await labelRest(request, aid);
  const own = { ...request, probed: false, work: path.join(request.work, "own") };
  await adaptAndTag(own, "cdlm", request.options);
  const signalled = request.signal ? { signal: request.signal } : {};
  await using recognizer = await Recognizer.load(path.join(own.work, "model"), { ...request.device, ...signalled }); // prettier-ignore
  const tagged = await recognizer.tagWords(labelled.map(({ words }) => words), signalled); // prettier-ignore
  const kept = labelled.filter(({ tags }, k) => agreementOf(tags, tagged[k]!.tags) >= aid.agreement);
  const extraData = { ...request.data, train: kept, dev: undefined, test: undefined, files: {} };
  const answer = await adaptAndTag(request, "cdlm", request.options, kept.length > 0 ? { extraData } : {});
  return { ...answer, details: { ...answer.details, labelled: labelled.length, kept: kept.length } };
}

/** Sentences that the draw has left over stand for raw ones: their own labels are not looked at. */
async function labelRest(request: SystemRequest, aid: LanguageModelAid): Promise<Sentence[]> {
  const { drawn, rest } = splitTrain(request);
  const { model: llm, domain, labels } = aid;
  const examples = chosenExamples(drawn, aid.examples, request.options.seed ?? 1);
  const raw = rest.slice(0, labels).map(({ words }) => words);
  const labelled: Sentence[] = [];
  const given = { llm, domain, types: trainingTypes(request.data), examples, signal: request.signal };
  for await (const { sentence, answered } of labelSentences(raw, given))
    if (answered) labelled.push(sentence);
  return labelled;
}
