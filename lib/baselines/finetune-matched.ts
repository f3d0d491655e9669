import { adaptationDefaults } from "../adapter.js";
import type { TrainingOptionsInput } from "../training/options.js";
import { finetune } from "./finetune.js";
import type { System } from "./system.js";

/** A step of `cdlm` over a plain one, in time: every sentence is read twice (docs/experiments.md, the search). */
const costOfStep = 1.9;

/** Fine-tuning for as long as the method takes, so that no gain of the method is only longer training. */
export const finetuneMatched: System = {
  title: "fine-tuning, as long as cdlm takes",
  trainingOptions: (given) => finetune.trainingOptions(matched(given)),
  run: (request) => finetune.run({ ...request, options: matched(request.options) }),
};

const matched = ({ epochs = adaptationDefaults.epochs, ...options }: TrainingOptionsInput) => ({
  ...options,
  epochs: Math.round(costOfStep * epochs),
});
