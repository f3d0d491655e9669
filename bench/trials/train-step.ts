import { taggerTrial } from "../tagger-trial.js";
import type { Trial } from "../trial.js";

export const trial: Trial = {
  id: "train-step",
  title: "One training step of the MiniLM tagger (forward, backward, clipping, AdamW)",
  onCuda: true,
  run: (context) => taggerTrial({ encoder: "minilm", work: "train", steps: 5, rounds: 7 }, context),
};
