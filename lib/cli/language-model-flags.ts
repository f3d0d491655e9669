import { InvalidArgumentError, type Command } from "commander";
import type { LanguageModel } from "../llm/language-model.js";
import { isAddress, openLanguageModel } from "../llm/open-language-model.js";
import { wholeNumber } from "./common-options.js";

export interface LanguageModelFlags {
  llm: string;
  llmModel?: string;
  llmThreads?: number;
  context?: number;
  gpuLayers?: number | "auto";
  parallel?: number;
}

/** The flags of a command that asks a language model; the key of an endpoint is taken from CDLM_LLM_KEY. */
export function withLanguageModel(command: Command): Command {
  return command
    .option("--llm-model <name>", "name of the model at an endpoint")
    .option("--parallel <n>", "questions at once (default: 2; at an endpoint 4)", wholeNumber)
    .option(
      "--context <n>",
      "tokens that a text, its question and the answer may have (default: 4096)",
      wholeNumber,
    )
    .option(
      "--llm-threads <n>",
      "threads of a language model in this process (default: all cores)",
      wholeNumber,
    )
    .option("--gpu-layers <n>", "layers on the GPU: a number, or auto", layers);
}

/** Opens the language model of the flags. */
export async function languageModelOf(
  flags: LanguageModelFlags,
  signal: AbortSignal,
): Promise<LanguageModel> {
  return openLanguageModel(flags.llm, { ...languageModelOptions(flags), signal });
}

export function languageModelOptions(flags: LanguageModelFlags) {
  const { llm, llmModel: model, llmThreads: threads, context: contextSize, gpuLayers, parallel } = flags;
  const apiKey = isAddress(llm) ? process.env.CDLM_LLM_KEY : undefined;
  const given = { model, threads, contextSize, gpuLayers, parallel, apiKey };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function layers(value: string): number | "auto" {
  if (value === "auto") return value;
  if (/^\d+$/.test(value)) return Number(value);
  throw new InvalidArgumentError("a whole number or auto is expected");
}
