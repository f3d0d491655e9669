import { CdlmError } from "../errors.js";
import type { LanguageModel } from "./language-model.js";
import type { LlamaOptions } from "./llama/llama-model.js";
import type { OpenAiOptions } from "./openai/openai-model.js";

/** Of a GGUF file: threads, contextSize, gpuLayers, parallel. Of an endpoint: model, apiKey, parallel and so on. */
export type LanguageModelOptions = LlamaOptions &
  Partial<Omit<OpenAiOptions, "url">> & { signal?: AbortSignal };

/**
 * Opens the language model that a user means: an http address is an OpenAI-compatible endpoint, anything else is a GGUF
 * file, which node-llama-cpp runs in this process. Options of the other kind are refused.
 * @throws CdlmError INVALID_OPTION, FILE_NOT_FOUND, FILE_INVALID; the signal's reason
 */
export async function openLanguageModel(
  source: string,
  { signal, ...options }: LanguageModelOptions = {},
): Promise<LanguageModel> {
  if (!isAddress(source)) {
    const { LlamaModel } = await import("./llama/llama-model.js");
    return LlamaModel.open(source, signal ? { ...options, signal } : options);
  }
  const { model, ...rest } = options;
  if (model === undefined)
    throw new CdlmError("INVALID_OPTION", "an endpoint needs the name of the model that it is to use");
  const { OpenAiModel } = await import("./openai/openai-model.js");
  return new OpenAiModel({ url: source, model, ...rest });
}

/** Whether a language model is named by its address, not by its file. */
export function isAddress(source: string): boolean {
  return /^https?:\/\//.test(source);
}
