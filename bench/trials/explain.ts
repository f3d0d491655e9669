import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadDataset } from "../../lib/data/dataset.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { explain } from "../../lib/explainer.js";
import { batchInputs } from "../../lib/model/batch-inputs.js";
import { cutSentence, packPassages } from "../../lib/model/passages.js";
import { packageRoot } from "../../lib/native/load.js";
import { Recognizer } from "../../lib/recognizer.js";
import { splitWords } from "../../lib/text/word-split.js";
import { train } from "../../lib/trainer.js";
import { alternate, type Contestant } from "../rounds.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const [words, rounds, trainSentences, epochs] = [40, 15, 60, 12];

/** What an explanation costs over one plain forward pass of the pieces that it reads. */
async function run({ threads, log }: TrialContext): Promise<TrialResult> {
  const encoder = path.join(packageRoot, ".cache/models/all-MiniLM-L6-v2");
  if (!existsSync(encoder))
    return { measurements: [], ratios: {}, facts: {}, missing: ["the encoder: run `npm run models`"] };
  const { train: sentences } = await loadDataset(path.join(packageRoot, "examples/data/politics"));
  const ner = await trained(encoder, sentences.slice(0, trainSentences), threads, log);
  const text = sentences.flatMap((sentence) => sentence.words).slice(0, words).join(" "); // prettier-ignore
  const { entities } = await explain(ner, text);
  const variants = variantsOf(entities.filter(({ text: mention }) => mention.includes(" ")).length);
  const { inputs, pieces } = plainBatch(ner, text, variants);
  const forward = () => ner.model.program("prediction").run(inputs);
  log(`${entities.length} entities, ${rounds} rounds in turn`);
  const measurements = await alternate(
    [contestant("forward", forward, pieces), contestant("explain", () => explain(ner, text), pieces)],
    rounds,
  );
  const { level } = ner.device;
  await ner.dispose();
  const [plain, explained] = measurements;
  const cost = explained!.median / plain!.median;
  const facts = { words, entities: entities.length, variants, pieces, threads, level };
  return { measurements, ratios: { "explain: cost over forward": cost }, facts, missing: [] };
}

/** The sentence itself, each word unknown, and each mention of several words unknown. */
const variantsOf = (longMentions: number): number => 1 + words + longMentions;

/** Trained for a moment, so that it finds some entities. */
async function trained(
  encoder: string,
  sentences: Sentence[],
  threads: number,
  log: TrialContext["log"],
): Promise<Recognizer> {
  log(`training on ${sentences.length} sentences`);
  const out = await mkdtemp(path.join(tmpdir(), "cdlm-bench-"));
  try {
    const data = { directory: out, train: sentences, dev: undefined, test: undefined, types: [], files: {} };
    await train({ encoder, data, out, options: { epochs }, device: { device: "cpu", threads } });
    return await Recognizer.load(out, { device: "cpu", threads });
  } finally {
    await rm(out, { recursive: true });
  }
}

/** As many plain sentences as an explanation reads. */
function plainBatch({ model }: Recognizer, text: string, variants: number) {
  const sentence = { words: splitWords(text).map((word) => word.text) };
  const [passage] = cutSentence(0, sentence, model).passages;
  const passages = Array.from({ length: variants }, () => passage!);
  const packed = packPassages(passages, model);
  return { inputs: batchInputs(packed, model), pieces: packed.pieces.length };
}

function contestant(name: string, work: () => Promise<unknown>, pieces: number): Contestant {
  const measure = async () => {
    const started = performance.now();
    await work();
    return [performance.now() - started];
  };
  return { name, measure, rate: (milliseconds) => `${Math.round((1000 * pieces) / milliseconds)} pieces/s` };
}

export const trial: Trial = {
  id: "explain",
  title: "Explanation of a sentence of 40 words",
  run,
};
