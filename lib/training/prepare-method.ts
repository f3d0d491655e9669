import { loadDataset } from "../data/dataset.js";
import { contextPool, mentionPool } from "../data/interventions.js";
import type { Sentence } from "../data/sentence.js";
import { CdlmError } from "../errors.js";
import { readsLabelGraph } from "../model/objective.js";
import { cutSentences } from "../model/passages.js";
import { openTagger } from "../model/open-tagger.js";
import type { TaggerModel } from "../model/tagger-model.js";
import type { Pools } from "./batches.js";
import { readCauses } from "./causes.js";
import { prepareKeeping } from "./prepare-keeping.js";
import { prepareLabelGraph } from "./label-graph.js";
import type { TrainingRequest, TrainingStart } from "./run-training.js";
import { withSourceMentions } from "./source-mentions.js";

/**
 * Fills the model with what its objective starts from, and gathers what interventions draw from.
 * @throws CdlmError INVALID_OPTION where a part needs a source model or the source's data and none is given
 */
export async function prepareMethod(
  model: TaggerModel,
  { source }: TrainingStart,
  { device, signal, sourceData, causes: file }: TrainingRequest,
  { train, all }: { train: readonly Sentence[]; all: readonly Sentence[] },
): Promise<Pools> {
  const objective = model.objective!;
  const wantsSource = objective.interventions.pool === "both" && objective.interventions.sentences > 0;
  const causes = file === undefined ? {} : { causes: await readCauses(file, all, model.tagSet, signal) };
  const pools = { mentions: mentionPool(train), contexts: contextPool(train), ...causes };
  const keeps = objective.keeping !== undefined;
  if (!readsLabelGraph(objective) && !wantsSource && !keeps) return pools;
  if (source === undefined) throw missing("a source model", "adapt a model instead of training an encoder");
  if (wantsSource && sourceData === undefined) throw missing("the source's data", "give sourceData");
  const cuts = await cutSentences(train, model.tokenizer, model.maxPositions, model.tagSet);
  const passages = cuts.flatMap((cut) => cut.passages);
  const teacher = await openTagger(source, device);
  try {
    if (readsLabelGraph(objective)) await prepareLabelGraph(model, teacher, passages, signal);
    const data = wantsSource || keeps ? await readSourceData(sourceData, signal) : undefined;
    if (keeps) await prepareKeeping({ model, teacher, passages, data, signal });
    if (!wantsSource || !data) return pools;
    const mentions = await withSourceMentions(pools.mentions, { model, teacher, passages, data, signal });
    return { ...pools, mentions };
  } finally {
    await teacher.dispose();
  }
}

async function readSourceData(data: TrainingRequest["sourceData"], signal?: AbortSignal) {
  return typeof data === "string" ? loadDataset(data, signal ? { signal } : {}) : data;
}

function missing(what: string, hint: string): CdlmError {
  return new CdlmError("INVALID_OPTION", `the objective needs ${what}`, { expected: what, received: "none", hint }); // prettier-ignore
}
