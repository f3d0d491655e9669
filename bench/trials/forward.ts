import { taggerTrial } from "../tagger-trial.js";
import type { Trial } from "../trial.js";

export const trial: Trial = {
  id: "forward",
  title: "Prediction with the MiniLM tagger",
  onCuda: true,
  run: (context) => taggerTrial({ encoder: "minilm", work: "forward", steps: 10, rounds: 9 }, context),
};
