import path from "node:path";
import { adapt, adaptationOptions, type AdaptationMethod, type AdaptRequest } from "../adapter.js";
import type { JudgeOptions } from "../judge.js";
import { Recognizer, type TaggedSentence } from "../recognizer.js";
import { trainingOptionsOf, type TrainingOptionsInput } from "../training/options.js";
import { probesOf } from "./probes.js";
import type { System, SystemAnswer, SystemRequest } from "./system.js";
import { trainedOnce } from "./trained-once.js";

/**
 * A system that is a way of adapting with other options. Those of a run lie over these, name by name: an `objective` of
 * the run takes the place of the whole one here.
 */
export function adapted(title: string, method: AdaptationMethod, begins: TrainingOptionsInput = {}): System {
  const over = (given: TrainingOptionsInput) => ({ ...begins, ...given });
  return {
    title,
    trainingOptions: (given) => trainingOptionsOf(adaptationOptions(method, over(given))),
    run: (request) => adaptAndTag(request, method, over(request.options)),
  };
}

/** What a run has beside the request of every system. */
export interface AdaptationAid extends Pick<AdaptRequest, "causes" | "extraData"> {
  /** Judges what the recogniser is unsure of. */
  judge?: JudgeOptions;
}

export async function adaptAndTag(
  { source, work, signal, probed, llm: _llm, ...request }: SystemRequest,
  method: AdaptationMethod,
  options: TrainingOptionsInput,
  { judge, ...files }: AdaptationAid = {},
): Promise<SystemAnswer> {
  const out = path.join(work, "model");
  const signalled = signal ? { signal } : {};
  const common = { ...request, ...files, ...signalled };
  const training = () => adapt({ ...common, model: source, method, options, out, resume: true });
  const { model, types: _, ...details } = await trainedOnce(work, training);
  await using plain = await Recognizer.load(model, { ...request.device, ...signalled });
  const recognizer = judge ? plain.judgedBy(judge) : plain;
  const tagged = (split: "dev" | "test") =>
    recognizer.tagWords(request.data[split]!.map(({ words }) => words), signalled); // prettier-ignore
  const [dev, test] = [await tagged("dev"), await tagged("test")];
  const tagsOf = (sentences: readonly TaggedSentence[]) => sentences.map(({ tags }) => tags);
  return {
    dev: tagsOf(dev),
    test: tagsOf(test),
    device: recognizer.device,
    details: { ...details },
    ...(probed ? { probes: await probesOf(recognizer, request.data, test, signalled) } : {}),
  };
}
