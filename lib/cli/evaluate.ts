import path from "node:path";
import { Command, Option } from "commander";
import { sourcesOf, type BiasSources } from "../bias.js";
import { loadDataset, loadSentences } from "../data/dataset.js";
import { CdlmError } from "../errors.js";
import { evaluate, type Scores } from "../evaluate.js";
import { writeTextAtomically } from "../files/atomic-file.js";
import { Recognizer } from "../recognizer.js";
import { evaluationPage } from "../report/evaluation-page.js";
import { scoreTables } from "../report/score-tables.js";
import { table } from "../report/table.js";
import {
  deviceOf,
  wholeNumber,
  withDevice,
  withTypes,
  withJson,
  type DeviceFlags,
} from "./common-options.js";
import type { AnsweredTypes } from "../model/answered-types.js";
import { evaluateLanguageModel, type InContextFlags } from "./evaluate-language-model.js";
import { interruptible } from "./failure.js";
import { withLanguageModel } from "./language-model-flags.js";
import { printJson } from "./print.js";

interface EvaluateFlags extends DeviceFlags, Partial<InContextFlags> {
  model?: string;
  types: AnsweredTypes;
  data: string;
  bias?: string | true;
  seed: number;
  html?: string;
  json?: boolean;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description("score a model on a file with gold tags: strict span F1 in percent, and its confidences")
    .addOption(
      new Option("--model <dir>", "folder of the model").conflicts(["examples", "shots", "domain", "store"]),
    )
    .addOption(
      new Option(
        "--llm <file|url>",
        "instead of a model: a language model alone, which sees examples",
      ).conflicts(["model", "types", "bias", "html"]),
    )
    .requiredOption("--data <file>", "column file or JSONL with gold tags")
    .option("--examples <file>", "labelled sentences that the language model's examples are chosen from")
    .option("--shots <k>", "labelled sentences that the language model sees (default: 5)", wholeNumber)
    .option("--domain <words>", "what the texts are about, for the language model")
    .option("--store <file>", "where the language model's answers are kept (default: nowhere)")
    .option(
      "--bias [dir]",
      "also probe entity bias, with unseen mentions from dev and without those of train of a data folder (default: the folder of --data)",
    )
    .option("--seed <n>", "of the probe's draws, or of the choice of examples", wholeNumber, 1)
    .option("--html <file>", "also write a page with the scores and a reliability diagram");
  return withJson(withLanguageModel(withDevice(withTypes(command)))).action(async (flags: EvaluateFlags) => {
    if (flags.llm !== undefined) return evaluateLanguageModel({ ...flags, llm: flags.llm });
    const { model } = flags;
    if (model === undefined) throw new CdlmError("INVALID_OPTION", "evaluate needs --model or --llm");
    const scores = await interruptible(async (signal) => {
      const { content } = await loadSentences(flags.data, { signal });
      const sources = await sourcesIn(flags, signal);
      await using recognizer = await Recognizer.load(model, {
        ...deviceOf(flags),
        types: flags.types,
        signal,
      });
      return await evaluate(recognizer, content, { signal, ...(sources ? { bias: sources } : {}) });
    });
    const title = `${model} on ${flags.data}`;
    if (flags.html !== undefined) await writeTextAtomically(flags.html, evaluationPage(title, scores));
    if (flags.json) await printJson(scores);
    else process.stderr.write(textOf(scores));
  });
}

async function sourcesIn(
  { bias, data, seed }: EvaluateFlags,
  signal: AbortSignal,
): Promise<BiasSources | undefined> {
  if (bias === undefined) return undefined;
  return { ...sourcesOf(await loadDataset(bias === true ? path.dirname(data) : bias, { signal })), seed };
}

function textOf(scores: Scores): string {
  return Object.values(scoreTables(scores))
    .map(({ title, header, rows, notes }) => `${title}\n${table(header, rows)}\n${notes.join("\n")}\n`)
    .join("\n");
}
