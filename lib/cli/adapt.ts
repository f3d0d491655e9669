import { Command, Option } from "commander";
import { adapt, adaptationMethods, type AdaptationMethod } from "../adapter.js";
import { runWithProgress, trainingOptions, withTrainingFlags, type TrainingFlags } from "./training-flags.js";

type AdaptFlags = TrainingFlags & {
  model: string;
  method: AdaptationMethod;
  keep?: boolean;
  sourceData?: string;
  causes?: string;
  extraData?: string;
};

export function adaptCommand(): Command {
  const command = new Command("adapt")
    .description("adapt a model to a new domain with entity types of its own")
    .requiredOption("--model <dir>", "folder of the source model")
    .addOption(
      new Option("--method <method>", "way of adapting").choices(adaptationMethods).default("finetune"),
    )
    .option("--causes <file>", "validated causes of the training sentences, from `cdlm causal`")
    .option("--extra-data <dir>", "more training sentences, e.g. those of `cdlm label`")
    .option("--keep", "go on knowing the source's types: evaluate, predict and explain --types kept")
    .option("--source-data <dir>", "the source's data, which --keep replays and interventions may draw from");
  return withTrainingFlags(command).action(async (flags: AdaptFlags) => {
    const { model, method, keep = false, sourceData, causes, extraData } = flags;
    const options = await trainingOptions(flags);
    const given = Object.entries({ sourceData, causes, extraData }).filter(
      ([, value]) => value !== undefined,
    );
    const files = Object.fromEntries(given) as { sourceData?: string; causes?: string; extraData?: string };
    await runWithProgress(flags, (request) => adapt({ ...request, ...files, model, method, keep, options }));
  });
}
