import type { Dataset } from "../data/dataset.js";
import { Random } from "../data/random.js";
import { elements } from "../graph/nd-array.js";
import { softmaxOf } from "../graph/ops/softmax.js";
import { writeFloats } from "../model/initialise.js";
import { cutSentences, type Passage } from "../model/passages.js";
import { Replay, type Lesson } from "../model/replay.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { Slot } from "../native/contract.js";
import { analysed } from "./analysed.js";

/** Sentences of the source's data that are replayed, at most: more than a run with few labels can read. */
const mostSentences = 2000;

interface Keeping {
  model: TaggerModel;
  teacher: TaggerModel;
  /** The target's training data. */
  passages: readonly Passage[];
  /** Of the source; its tags are not looked at. */
  data: Dataset | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Gives the model the source model's head as the one to keep, and what is replayed so that it stays: the target's
 * sentences, or the source's where they are given, with what the source model says of their words.
 */
export async function prepareKeeping({ model, teacher, passages, data, signal }: Keeping): Promise<void> {
  await copyHead(model, teacher);
  const texts = data ? await sample(data, model) : passages;
  model.replay = new Replay(await lessonsOf(teacher, texts, signal), model.objective!.keeping!.sentences);
}

async function copyHead({ engine, kept }: TaggerModel, teacher: TaggerModel): Promise<void> {
  const { prefix } = kept!.taggerConfig;
  for (const { name, shape } of kept!.parameters.filter((spec) => spec.name.startsWith(prefix))) {
    const own = name.slice(prefix.length);
    await engine.define(name, shape);
    await writeFloats(engine, name, await teacher.engine.read(own, Slot.value, 0, elements([...shape])));
  }
}

async function sample({ train }: Dataset, model: TaggerModel): Promise<Passage[]> {
  const chosen = Random.of(1, "replayed sentences")
    .shuffle([...train])
    .slice(0, mostSentences);
  const sentences = chosen.map(({ words }) => ({ words }));
  return (await cutSentences(sentences, model)).flatMap(({ passages }) => passages);
}

async function lessonsOf(teacher: TaggerModel, texts: readonly Passage[], signal?: AbortSignal) {
  const { size } = teacher.tagSet;
  const lessons: Lesson[] = [];
  for await (const { batch, scores } of analysed(teacher, texts, signal)) {
    let first = 0;
    for (const passage of batch) {
      const rows = Array.from(passage.words, (_, word) => softmaxOf(scores.subarray((first + word) * size, (first + word + 1) * size))); // prettier-ignore
      lessons.push({ passage, targets: Float32Array.from(rows.flatMap((row) => [...row])) });
      first += passage.words.length;
    }
  }
  return lessons;
}
