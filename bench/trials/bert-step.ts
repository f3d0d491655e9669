import { taggerTrial } from "../tagger-trial.js";
import type { Trial } from "../trial.js";

export const trial: Trial = {
  id: "bert-step",
  title: "One training step of a tagger of BERT-base's size, random weights",
  onCuda: true,
  run: (context) => taggerTrial({ encoder: "bert-base", work: "train", steps: 2, rounds: 5 }, context),
};
