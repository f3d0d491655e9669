import { taggerTrial } from "../tagger-trial.js";
import type { Trial } from "../trial.js";

export const trial: Trial = {
  id: "forward",
  title: "Prediction with the MiniLM tagger",
  run: (context) => taggerTrial("forward", context),
};
