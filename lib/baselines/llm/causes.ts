import { mkdir } from "node:fs/promises";
import path from "node:path";
import { writeLines } from "../../data/atomic-lines.js";
import { trainingTypes } from "../../data/dataset.js";
import { entitiesOf } from "../../data/entity-words.js";
import { textOf } from "../../data/sentence.js";
import { CdlmError } from "../../errors.js";
import { findCauses } from "../../llm/find-causes.js";
import { causeReaders } from "../../model/objective.js";
import { adaptAndTag } from "../adapted.js";
import { cdlm } from "../cdlm.js";
import type { System, SystemAnswer, SystemRequest } from "../system.js";
import { aidOf, splitTrain, withCost, type LanguageModelAid } from "./aid.js";

/** The method with causes that a language model has found in the training sentences (METHOD 6.5). A part of it must read them. */
export const cdlmCauses: System = {
  title: "CDLM with a language model's causes",
  asksLanguageModel: true,
  trainingOptions(given) {
    const options = cdlm.trainingOptions(given)!;
    if (causeReaders(options.objective).length === 0)
      throw new CdlmError("INVALID_OPTION", "no part of the objective reads causes", {
        expected: "a weight of implicit or explicit, or a fusion",
        received: `preset ${options.preset}`,
      });
    return options;
  },
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
  const chosen = splitTrain(request).drawn.slice(0, causes);
  const documents = chosen.map((sentence) => ({ text: textOf(sentence), entities: entitiesOf(sentence) }));
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
