import path from "node:path";
import { systems, type SystemName } from "../../lib/baselines/index.js";
import type { LanguageModelAid } from "../../lib/baselines/llm/aid.js";
import type { System } from "../../lib/baselines/system.js";
import { LlamaModel } from "../../lib/llm/llama/llama-model.js";
import { MeteredModel } from "../../lib/llm/metered-model.js";
import { packageRoot } from "../../lib/native/load.js";
import type { Run } from "./runs.js";
import type { Suite } from "./suite.js";

export function asksLanguageModel(name: SystemName): boolean {
  const system: System = systems[name];
  return system.asksLanguageModel ?? false;
}

/** The suite's language model for a run that asks one, to be disposed after it. */
export async function languageModelAid(
  { entry, domain }: Run,
  { languageModel }: Suite,
): Promise<(LanguageModelAid & AsyncDisposable) | undefined> {
  if (!languageModel || !asksLanguageModel(entry.system)) return undefined;
  const { file, threads, ...options } = languageModel;
  const model = new MeteredModel(await LlamaModel.open(path.join(packageRoot, file), { threads }));
  return { ...options, model, domain, [Symbol.asyncDispose]: () => model.dispose() };
}
