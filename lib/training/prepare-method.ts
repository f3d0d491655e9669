import type { Dataset } from "../data/dataset.js";
import { contextPool, mentionPool } from "../data/interventions.js";
import type { Sentence } from "../data/sentence.js";
import { CdlmError } from "../errors.js";
import { drawsFromSource, readsLabelGraph } from "../model/objective.js";
import { cutSentences } from "../model/passages.js";
import { writeFloats } from "../model/initialise.js";
import { openTagger } from "../model/open-tagger.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { typeVectors } from "../model/type-scores.js";
import type { Pools } from "./batches.js";
import { readCauses } from "./causes.js";
import { prepareKeeping } from "./prepare-keeping.js";
import { nameVectors, prepareLabelGraph } from "./label-graph.js";
import type { TrainingRequest, TrainingStart } from "./run-training.js";
import { withSourceMentions } from "./source-mentions.js";

/** Sentences that a method starts from. */
interface MethodData {
  /** What is trained on. */
  train: readonly Sentence[];
  /** What causes may be of. */
  all: readonly Sentence[];
  sourceData: Dataset | undefined;
}

/**
 * Fills the model with what its objective starts from, and gathers what interventions draw from.
 * @throws CdlmError INVALID_OPTION where a part needs a source model or the source's data and none is given
 */
export async function prepareMethod(
  model: TaggerModel,
  { source }: TrainingStart,
  { device, signal, causes: file }: TrainingRequest,
  { train, all, sourceData }: MethodData,
): Promise<Pools> {
  const objective = model.objective!;
  const wantsSource = drawsFromSource(objective.interventions);
  const causes = file === undefined ? {} : { causes: await readCauses(file, all, model.tagSet, signal) };
  const pools = { mentions: mentionPool(train), contexts: contextPool(train), ...causes };
  const keeps = objective.keeping !== undefined;
  if (objective.typing)
    await writeFloats(model.engine, typeVectors, await nameVectors(model, model.tagSet.types, signal));
  if (!readsLabelGraph(objective) && !wantsSource && !keeps) return pools;
  if (source === undefined) throw missing("a source model", "adapt a model instead of training an encoder");
  if (wantsSource && !sourceData) throw missing("the source's data", "give sourceData");
  const cuts = await cutSentences(train, model, model.tagSet);
  const passages = cuts.flatMap((cut) => cut.passages);
  const teacher = await openTagger(source, device);
  try {
    if (readsLabelGraph(objective)) await prepareLabelGraph(model, teacher, passages, signal);
    if (keeps) await prepareKeeping({ model, teacher, passages, data: sourceData, signal });
    if (!wantsSource) return pools;
    const given = { model, teacher, passages, data: sourceData!, signal };
    return { ...pools, mentions: await withSourceMentions(pools.mentions, given) };
  } finally {
    await teacher.dispose();
  }
}

function missing(what: string, hint: string): CdlmError {
  return new CdlmError("INVALID_OPTION", `the objective needs ${what}`, { expected: what, received: "none", hint }); // prettier-ignore
}
