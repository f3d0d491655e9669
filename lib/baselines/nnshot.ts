import { trainingTypes } from "../data/dataset.js";
import { drawFewShot } from "../data/few-shot.js";
import type { Sentence } from "../data/sentence.js";
import { openTagger } from "../model/open-tagger.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { tagsOfTypes } from "./io-tags.js";
import { NearestWords } from "./nearest-words.js";
import type { System, SystemAnswer, SystemRequest, Tags } from "./system.js";

/** Best tags of sentences from the scores of their words: 0 is O, 1 + k the k-th type. */
export type Decoder = (sentences: readonly (readonly Float32Array[])[]) => Promise<number[][]>;

/** Each word by itself; ties go to the lower tag. */
const nearest: Decoder = (sentences) => Promise.resolve(sentences.map((words) => words.map(largest)));

const largest = (row: Float32Array): number =>
  row.reduce((best, score, tag) => (score > row[best]! ? tag : best), 0);

/** NNShot (Yang and Katiyar 2020): each word has the tag of its nearest support word; nothing is trained. */
export const nnshot: System = {
  title: "NNShot",
  trainingOptions: () => undefined,
  run: (request) => nearestNeighbours(request, () => Promise.resolve(nearest)),
};

/** The part that NNShot and StructShot share. */
export async function nearestNeighbours(
  { source, data, fewShot, device, signal }: SystemRequest,
  decoderOf: (model: TaggerModel, types: readonly string[]) => Promise<Decoder>,
): Promise<SystemAnswer> {
  const draw = fewShot && drawFewShot(data.train, fewShot);
  const support = draw?.sentences ?? data.train;
  const model = await openTagger(source, device);
  try {
    const types = trainingTypes(data);
    const words = await NearestWords.of(model, support, types, signal);
    const decode = await decoderOf(model, types);
    const tagged = async (split: readonly Sentence[]): Promise<Tags> => {
      const scores = await words.scores(split.map((sentence) => sentence.words), signal); // prettier-ignore
      const best = await decode(scores);
      return best.map((tags) => tagsOfTypes(tags.map((tag) => types[tag - 1])));
    };
    const { engine } = model;
    const { level, threads, precision } = engine;
    const details = { trainSentences: support.length, ...(draw ? { fewShot: draw.report } : {}) };
    return { dev: await tagged(data.dev!), test: await tagged(data.test!), device: { device: engine.device, level, threads, precision }, details }; // prettier-ignore
  } finally {
    await model.dispose();
  }
}
