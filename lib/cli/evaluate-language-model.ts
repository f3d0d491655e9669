import { loadSentences } from "../data/dataset.js";
import { CdlmError } from "../errors.js";
import { evaluateInContext, type InContextScores } from "../in-context.js";
import { AnswerStore } from "../llm/answer-store.js";
import type { LanguageModel } from "../llm/language-model.js";
import { StoredModel } from "../llm/stored-model.js";
import { scoreHeader, scoreRows } from "../report/score-tables.js";
import { table } from "../report/table.js";
import { countingBar } from "./counting-bar.js";
import { interruptible } from "./failure.js";
import { languageModelOf, type LanguageModelFlags } from "./language-model-flags.js";
import { printJson } from "./print.js";

export interface InContextFlags extends LanguageModelFlags {
  data: string;
  examples?: string;
  shots?: number;
  seed: number;
  domain?: string;
  store?: string;
  json?: boolean;
}

/** `cdlm evaluate --llm`: scores of a language model alone. */
export async function evaluateLanguageModel(flags: InContextFlags): Promise<void> {
  const scores = await interruptible(async (signal) => {
    await using store = flags.store === undefined ? undefined : await AnswerStore.open(flags.store);
    await using llm = await languageModelOf(flags, signal);
    return await score(flags, store ? new StoredModel(llm, store) : llm, signal);
  });
  if (flags.json) await printJson(scores);
  else process.stderr.write(textOf(scores));
}

async function score(flags: InContextFlags, llm: LanguageModel, signal: AbortSignal) {
  const { shots = 5, seed, domain, examples } = flags;
  if (shots > 0 && examples === undefined)
    throw new CdlmError("INVALID_OPTION", "--shots needs --examples, a file that is not the one scored");
  const { content } = await loadSentences(flags.data, { signal });
  const train = examples === undefined ? [] : (await loadSentences(examples, { signal })).content;
  const bar = countingBar("sentences");
  const optional = domain === undefined ? {} : { domain };
  const request = { llm, train, shots, seed, signal, onProgress: bar.update, ...optional };
  return evaluateInContext(content, request).finally(() => bar.stop());
}

function textOf({ shots, outside, invalidAnswers, sentences, seconds, ...scores }: InContextScores): string {
  const notes = `${shots} shots; ${outside} named entities were not in the text, ${invalidAnswers} answers were invalid`;
  return `${table(scoreHeader, scoreRows(scores))}\n${notes}\n${sentences} sentences in ${seconds.toFixed(1)} s\n`;
}
