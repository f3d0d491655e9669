import { addAbortSignal } from "node:stream";
import { Command, Option } from "commander";
import { linesOf, readLines, type Line } from "../data/text-lines.js";
import { Recognizer } from "../recognizer.js";
import { annotated, terminalColours } from "../report/annotated-text.js";
import { entityPage } from "../report/entity-page.js";
import { deviceOf, wholeNumber, withDevice, type DeviceFlags } from "./common-options.js";
import { interruptible } from "./failure.js";
import { conllLines } from "./predict-conll.js";
import { jsonlLines } from "./predict-jsonl.js";
import { print } from "./print.js";

interface PredictFlags extends DeviceFlags {
  model: string;
  input: string;
  format: keyof typeof formats;
  batchPieces: number;
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
    .description("find entities: one line of input is one text (or one JSON object with a text)")
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
  return withDevice(command).action(async (flags: PredictFlags) => {
    await interruptible(async (signal) => {
      await using recognizer = await Recognizer.load(flags.model, { ...deviceOf(flags), signal });
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
  for await (const document of recognizer.stream(textsOf(lines), options))
    yield `${annotated(document, colours)}\n`;
}

async function* htmlPage(recognizer: Recognizer, lines: AsyncIterable<Line>, options: FormatOptions) {
  yield* entityPage(`Entities in ${options.name}`, recognizer, recognizer.stream(textsOf(lines), options));
}

async function* textsOf(lines: AsyncIterable<Line>): AsyncGenerator<string> {
  for await (const { text } of lines) yield text;
}
