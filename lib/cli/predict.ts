import { addAbortSignal } from "node:stream";
import { Command, Option } from "commander";
import { linesOf, readLines, type Line } from "../data/text-lines.js";
import { Recognizer } from "../recognizer.js";
import { annotated, terminalColours } from "../report/annotated-text.js";
import { entityPage } from "../report/entity-page.js";
import { deviceOf, wholeNumber, withDevice, withTypes, type DeviceFlags } from "./common-options.js";
import type { AnsweredTypes } from "../model/answered-types.js";
import { interruptible } from "./failure.js";
import { conllLines } from "./predict-conll.js";
import { jsonlLines, textsOf } from "./predict-jsonl.js";
import { languageModelOf, withLanguageModel, type LanguageModelFlags } from "./language-model-flags.js";
import { print } from "./print.js";

interface PredictFlags extends DeviceFlags, Omit<LanguageModelFlags, "llm"> {
  model: string;
  types: AnsweredTypes;
  input: string;
  format: keyof typeof formats;
  batchPieces: number;
  judge?: string;
  judgeThreshold: number;
  judgeBudget: number;
}

/** Text that goes to stdout, piece by piece, from the lines of the input. */
export type Format = (
  recognizer: Recognizer,
  lines: AsyncIterable<Line>,
  options: FormatOptions,
) => AsyncIterable<string>;

export interface FormatOptions {
  /** Where the lines come from, for messages. */
  name: string;
  signal: AbortSignal;
  batchPieces: number;
}

const formats = { text: textLines, jsonl: jsonlLines, conll: conllLines, html: htmlPage } satisfies Record<
  string,
  Format
>;

export function predictCommand(): Command {
  const command = new Command("predict")
    .description(
      "find entities: one line of input is one text (or one JSON object with a text, or with --format conll one row of a column file)",
    )
    .requiredOption("--model <dir>", "folder of the model")
    .option("--input <file>", "file to read, or - for standard input", "-")
    .addOption(
      new Option("--format <format>", "form of the answer").choices(Object.keys(formats)).default("text"),
    )
    .option(
      "--batch-pieces <n>",
      "word pieces that are collected before they are read together; 1 answers line by line",
      wholeNumber,
      4096,
    );
  withLanguageModel(command)
    .option("--judge <file|url>", "language model (GGUF file or address) that decides unsure entities")
    .option("--judge-threshold <p>", "confidence under which an entity is unsure, 0 to 1", Number, 0.6)
    .option("--judge-budget <n>", "most questions about one text", wholeNumber, 20);
  return withDevice(withTypes(command)).action(async (flags: PredictFlags) => {
    await interruptible(async (signal) => {
      await using loaded = await Recognizer.load(flags.model, {
        ...deviceOf(flags),
        types: flags.types,
        signal,
      });
      await using llm = flags.judge === undefined ? undefined : await languageModelOf({ ...flags, llm: flags.judge }, signal); // prettier-ignore
      if (llm && loaded.calibration === null) process.stderr.write("The model's confidences were not fitted on dev data: what is unsure is a rough guess.\n"); // prettier-ignore
      const recognizer = llm ? loaded.judgedBy({ llm, threshold: flags.judgeThreshold, budget: flags.judgeBudget }) : loaded; // prettier-ignore
      const name = flags.input === "-" ? "<stdin>" : flags.input;
      const lines =
        flags.input === "-"
          ? linesOf(addAbortSignal(signal, process.stdin), name)
          : readLines(flags.input, { signal });
      const options = { name, signal, batchPieces: flags.batchPieces };
      for await (const text of formats[flags.format](recognizer, lines, options))
        if (!(await print(text))) return;
    }).finally(() => process.stdin.destroy());
  });
}

async function* textLines(recognizer: Recognizer, lines: AsyncIterable<Line>, options: FormatOptions) {
  const colours = terminalColours(recognizer.types);
  for await (const document of recognizer.stream(textsOf(lines, options.name), options))
    yield `${annotated(document, colours)}\n`;
}

async function* htmlPage(recognizer: Recognizer, lines: AsyncIterable<Line>, options: FormatOptions) {
  yield* entityPage(
    `Entities in ${options.name}`,
    recognizer,
    recognizer.stream(textsOf(lines, options.name), options),
  );
}
