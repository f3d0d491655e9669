import { Command } from "commander";
import { loadSentences } from "../data/dataset.js";
import { evaluate, type Scores } from "../evaluate.js";
import { Recognizer } from "../recognizer.js";
import { table } from "../report/table.js";
import { deviceOf, withDevice, withJson, type DeviceFlags } from "./common-options.js";
import { interruptible } from "./failure.js";
import { printJson } from "./print.js";

interface EvaluateFlags extends DeviceFlags {
  model: string;
  data: string;
  json?: boolean;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description("score a model on a file with gold tags: strict span F1, in percent")
    .requiredOption("--model <dir>", "folder of the model")
    .requiredOption("--data <file>", "column file or JSONL with gold tags");
  return withJson(withDevice(command)).action(async (flags: EvaluateFlags) => {
    const scores = await interruptible(async (signal) => {
      const { content } = await loadSentences(flags.data, { signal });
      await using recognizer = await Recognizer.load(flags.model, { ...deviceOf(flags), signal });
      return await evaluate(recognizer, content, { signal });
    });
    if (flags.json) await printJson(scores);
    else process.stderr.write(scoreTable(scores));
  });
}

function scoreTable({ micro, macro, types, strict, sentences, words, seconds }: Scores): string {
  const rows = [...Object.entries(types), ["macro", macro] as const, ["micro", micro] as const];
  const cells = rows.map(([name, { precision, recall, f1, support }]) => [
    name,
    precision.toFixed(2),
    recall.toFixed(2),
    f1.toFixed(2),
    String(support),
  ]);
  const pace = `${sentences} sentences, ${words} words in ${seconds.toFixed(1)} s`;
  const reading = `micro F1 with orphan I- tags ignored: ${strict.micro.f1.toFixed(2)}`;
  return `${table(["type", "precision", "recall", "F1", "entities"], cells)}\n${reading}\n${pace}\n`;
}
