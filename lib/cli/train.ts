import { Command } from "commander";
import { train } from "../trainer.js";
import { runWithProgress, trainingOptions, withTrainingFlags, type TrainingFlags } from "./training-flags.js";

export function trainCommand(): Command {
  const command = new Command("train")
    .description("train a recogniser where labels are plenty")
    .requiredOption("--encoder <dir>", "folder of a BERT encoder (`cdlm models` or `cdlm pull` brings one)");
  return withTrainingFlags(command).action(async (flags: TrainingFlags & { encoder: string }) => {
    const options = await trainingOptions(flags);
    await runWithProgress(flags, (request) => train({ ...request, encoder: flags.encoder, options }));
  });
}
