import { mkdir } from "node:fs/promises";
import path from "node:path";
import { writeLines } from "../../data/atomic-lines.js";
import { trainingTypes } from "../../data/dataset.js";
import type { Sentence } from "../../data/sentence.js";
import { findCauses } from "../../llm/find-causes.js";
import { spansOf } from "../../text/spans.js";
import { textOf } from "../../training/causes.js";
import { adaptAndTag } from "../adapted.js";
import { cdlm } from "../cdlm.js";
import type { System, SystemAnswer, SystemRequest } from "../system.js";
import { aidOf, splitTrain, withCost, type LanguageModelAid } from "./aid.js";

/** The method with causes that a language model has found in the training sentences (METHOD 6.5 a, b). */
export const cdlmCauses: System = {
  title: "CDLM with a language model's causes",
  trainingOptions: cdlm.trainingOptions,
  run(request) {
    const aid = aidOf(request);
    return withCost(aid, adaptWithCauses(request, aid));
  },
};

async function adaptWithCauses(request: SystemRequest, aid: LanguageModelAid): Promise<SystemAnswer> {
  const causes = path.join(request.work, "causes.jsonl");
  await mkdir(request.work, { recursive: true });
  await writeLines(causes, causeLines(request, aid));
  return adaptAndTag(request, "cdlm", request.options, { causes });
}

async function* causeLines(
  request: SystemRequest,
  { model: llm, domain, causes, reasoning }: LanguageModelAid,
) {
  const documents = splitTrain(request).drawn.slice(0, causes).map(documentOf);
  const labels = [...trainingTypes(request.data)];
  const options = {
    ...reasoning,
    llm,
    domain,
    labels,
    ...(request.signal ? { signal: request.signal } : {}),
  };
  for await (const graph of findCauses(documents, options)) yield JSON.stringify(graph);
}

function documentOf(sentence: Sentence) {
  const { words, tags } = sentence;
  const starts = words.map((_, k) => words.slice(0, k).join(" ").length + Number(k > 0));
  const offsets = sentence.offsets ?? words.map((word, k) => [starts[k]!, starts[k]! + word.length] as const);
  const entities = spansOf(tags).map(({ start, end, type }) => ({
    start: offsets[start]![0],
    end: offsets[end - 1]![1],
    type,
  }));
  return { text: textOf(sentence), entities };
}
