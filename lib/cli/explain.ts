import { Command } from "commander";
import { explain } from "../explainer.js";
import { writeTextAtomically } from "../files/atomic-file.js";
import type { AnsweredTypes } from "../model/answered-types.js";
import { Recognizer } from "../recognizer.js";
import { terminalColours } from "../report/annotated-text.js";
import { explanationPage } from "../report/explanation-page.js";
import { explanationText } from "../report/explanation-text.js";
import { deviceOf, withDevice, withTypes, withJson, type DeviceFlags } from "./common-options.js";
import { interruptible } from "./failure.js";
import { print, printJson } from "./print.js";

interface ExplainFlags extends DeviceFlags {
  model: string;
  types: AnsweredTypes;
  text: string;
  html?: string;
  json?: boolean;
}

export function explainCommand(): Command {
  const command = new Command("explain")
    .description("say why: what the mention and each word of its context do for an entity")
    .requiredOption("--model <dir>", "folder of the model")
    .requiredOption("--text <text>", "text whose entities are explained")
    .option("--html <file>", "also write a page with the explanation");
  return withJson(withDevice(withTypes(command, ["own", "kept"]))).action(async (flags: ExplainFlags) => {
    await interruptible(async (signal) => {
      await using recognizer = await Recognizer.load(flags.model, {
        ...deviceOf(flags),
        types: flags.types,
        signal,
      });
      const explanation = await explain(recognizer, flags.text, { signal });
      if (flags.html !== undefined)
        await writeTextAtomically(flags.html, explanationPage(explanation, recognizer.types));
      if (flags.json) await printJson(explanation);
      else await print(explanationText(explanation, terminalColours(recognizer.types)));
    });
  });
}
