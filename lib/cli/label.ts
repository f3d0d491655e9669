import { Command } from "commander";
import { wholeNumber, withJson } from "./common-options.js";
import { interruptible } from "./failure.js";
import { languageModelOf, withLanguageModel, type LanguageModelFlags } from "./language-model-flags.js";
import { printJson } from "./print.js";
import { AnswerStore } from "../llm/answer-store.js";
import { StoredModel } from "../llm/stored-model.js";
import { labelData, type LabelReport } from "../labeller.js";
import { countingBar } from "./counting-bar.js";

interface LabelFlags extends LanguageModelFlags {
  data: string;
  input: string;
  out: string;
  examples: number;
  seed: number;
  domain?: string;
  model?: string;
  agreement: number;
  store?: string;
  json?: boolean;
}

export function labelCommand(): Command {
  const command = new Command("label")
    .description(
      "label raw sentences with a language model that sees labelled ones, as training data for adapt",
    )
    .requiredOption("--llm <file|url>", "GGUF file, or address of an OpenAI-compatible endpoint")
    .requiredOption("--data <dir>", "labelled sentences of the domain: its types, and the examples")
    .requiredOption("--input <file>", "raw sentences, one a line")
    .requiredOption("--out <dir>", "folder of the new training data and where it comes from")
    .option("--examples <n>", "labelled sentences in the prompt", wholeNumber, 5)
    .option("--seed <n>", "of the choice of examples", wholeNumber, 1)
    .option("--domain <words>", "what the texts are about")
    .option("--model <dir>", "recogniser of the domain that must agree")
    .option("--agreement <f1>", "least F1 between its mentions and the labels, 0 to 1", Number, 0.5)
    .option("--store <file>", "where answers are kept (default: OUT.answers)");
  return withJson(withLanguageModel(command)).action(async (flags: LabelFlags) => {
    const report = await interruptible(
      (signal) => label(flags, signal),
      () => "Stopped; the same command goes on from the answers that are kept.",
    );
    if (flags.json) await printJson(report);
    else process.stderr.write(summary(flags.out, report));
  });
}

async function label(flags: LabelFlags, signal: AbortSignal): Promise<LabelReport> {
  await using store = await AnswerStore.open(flags.store ?? `${flags.out}.answers`);
  await using llm = new StoredModel(await languageModelOf(flags, signal), store);
  const bar = countingBar("sentences");
  const { data, input, out, examples, seed, domain, model, agreement } = flags;
  const optional = { ...(domain === undefined ? {} : { domain }), ...(model === undefined ? {} : { model }) };
  const request = { llm, data, input, out, examples, seed, agreement, signal, onProgress: bar.update, ...optional }; // prettier-ignore
  return await labelData(request).finally(() => bar.stop());
}

const summary = (
  out: string,
  { sentences, kept, unanswered, entities, outside, seconds }: LabelReport,
): string =>
  `${kept} of ${sentences} sentences with ${entities} entities in ${out}; ${unanswered} had no valid answer; ${outside} named entities were not in the text; ${seconds.toFixed(0)} s\n`;
