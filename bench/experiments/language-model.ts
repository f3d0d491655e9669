import path from "node:path";
import type { SystemName } from "../../lib/baselines/index.js";
import type { LanguageModelAid } from "../../lib/baselines/llm/aid.js";
import { LlamaModel } from "../../lib/llm/llama/llama-model.js";
import { MeteredModel } from "../../lib/llm/metered-model.js";
import { packageRoot } from "../../lib/native/load.js";
import type { Run } from "./runs.js";
import type { Suite } from "./suite.js";

const asking: readonly SystemName[] = ["cdlm-causes", "cdlm-judge", "cdlm-labels", "llm"];

export const asksLanguageModel = (system: SystemName): boolean => asking.includes(system);

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
