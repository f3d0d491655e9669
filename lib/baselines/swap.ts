import { adapted } from "./adapted.js";

/** Fine-tuning on sentences some of whose mentions are exchanged for others of their type (METHOD 5.1). */
export const swap = adapted("fine-tuning + mention swap", "finetune", {
  objective: { interventions: { sentences: 0.5 } },
});
