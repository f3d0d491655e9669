import path from "node:path";
import { adapt, type AdaptationMethod } from "../adapter.js";
import { Recognizer } from "../recognizer.js";
import type { TrainingOptionsInput } from "../training/options.js";
import type { System, SystemAnswer, SystemRequest } from "./system.js";

/**
 * A system that is a way of adapting with other options. Those of a run lie over these, name by name: an `objective` of
 * the run takes the place of the whole one here.
 */
export function adapted(title: string, method: AdaptationMethod, begins: TrainingOptionsInput = {}): System {
  return { title, run: (request) => adaptAndTag(request, method, { ...begins, ...request.options }) };
}

async function adaptAndTag(
  { source, work, signal, ...request }: SystemRequest,
  method: AdaptationMethod,
  options: TrainingOptionsInput,
): Promise<SystemAnswer> {
  const out = path.join(work, "model");
  const common = { ...request, ...(signal ? { signal } : {}) };
  const { model, types: _, ...details } = await adapt({ ...common, model: source, method, options, out, resume: true }); // prettier-ignore
  await using recognizer = await Recognizer.load(model, { ...request.device, ...(signal ? { signal } : {}) });
  const tagged = async (split: "dev" | "test") => {
    const words = request.data[split]!.map((sentence) => sentence.words);
    return (await recognizer.tagWords(words, signal ? { signal } : {})).map(({ tags }) => tags);
  };
  return { dev: await tagged("dev"), test: await tagged("test"), device: recognizer.device, details: { ...details } }; // prettier-ignore
}
