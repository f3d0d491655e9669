import { Command } from "commander";
import { loadSentences } from "../data/dataset.js";
import type { Sentence } from "../data/sentence.js";
import { Recognizer } from "../recognizer.js";
import { benchModule } from "./bench-module.js";
import { deviceOf, wholeNumber, withDevice, withJson, type DeviceFlags } from "./common-options.js";
import { interruptible } from "./failure.js";
import { print, printJson } from "./print.js";

interface CaseStudyFlags extends DeviceFlags {
  source: string;
  model: string;
  data: string;
  least: number;
  json?: boolean;
}

/** bench/case-study, which is not in the published package. */
interface CaseStudyModule {
  caseStudy(
    source: Recognizer,
    adapted: Recognizer,
    sentences: readonly Sentence[],
    options: { least: number; signal: AbortSignal },
  ): Promise<unknown[]>;
  caseStudyText(groups: readonly unknown[]): string;
}

export function caseStudyCommand(): Command {
  const command = new Command("case-study")
    .description("mentions that the source model takes for another type, and what adapting makes of them")
    .requiredOption("--source <dir>", "folder of the source model")
    .requiredOption("--model <dir>", "folder of the model that was adapted from it")
    .requiredOption("--data <file>", "column file or JSONL with gold tags of the new domain")
    .option("--least <n>", "mentions that a pair of types must have to be shown", wholeNumber, 5);
  return withJson(withDevice(command)).action(async (flags: CaseStudyFlags) => {
    const bench = benchModule<CaseStudyModule>(
      "case-study.js",
      "the case study is",
      "Clone the repository and run `npm ci` there",
    );
    const groups = await interruptible(async (signal) => {
      const { content } = await loadSentences(flags.data, { signal });
      const options = { ...deviceOf(flags), signal };
      await using source = await Recognizer.load(flags.source, options);
      await using adapted = await Recognizer.load(flags.model, options);
      return await bench.caseStudy(source, adapted, content, { least: flags.least, signal });
    });
    if (flags.json) await printJson(groups);
    else await print(bench.caseStudyText(groups));
  });
}
