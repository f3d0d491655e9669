import path from "node:path";
import { Command } from "commander";
import { sourcesOf, type BiasSources } from "../bias.js";
import { loadDataset, loadSentences } from "../data/dataset.js";
import { evaluate, type Scores } from "../evaluate.js";
import { writeTextAtomically } from "../files/atomic-file.js";
import { Recognizer } from "../recognizer.js";
import { evaluationPage } from "../report/evaluation-page.js";
import { scoreTables } from "../report/score-tables.js";
import { table } from "../report/table.js";
import { deviceOf, wholeNumber, withDevice, withJson, type DeviceFlags } from "./common-options.js";
import { interruptible } from "./failure.js";
import { printJson } from "./print.js";

interface EvaluateFlags extends DeviceFlags {
  model: string;
  data: string;
  bias?: string | true;
  seed: number;
  html?: string;
  json?: boolean;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description("score a model on a file with gold tags: strict span F1 in percent, and its confidences")
    .requiredOption("--model <dir>", "folder of the model")
    .requiredOption("--data <file>", "column file or JSONL with gold tags")
    .option(
      "--bias [dir]",
      "also probe entity bias, with unseen mentions from dev and without those of train of a data folder (default: the folder of --data)",
    )
    .option("--seed <n>", "of the probe's draws", wholeNumber, 1)
    .option("--html <file>", "also write a page with the scores and a reliability diagram");
  return withJson(withDevice(command)).action(async (flags: EvaluateFlags) => {
    const scores = await interruptible(async (signal) => {
      const { content } = await loadSentences(flags.data, { signal });
      const sources = await sourcesIn(flags, signal);
      await using recognizer = await Recognizer.load(flags.model, { ...deviceOf(flags), signal });
      return await evaluate(recognizer, content, { signal, ...(sources ? { bias: sources } : {}) });
    });
    const title = `${flags.model} on ${flags.data}`;
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
