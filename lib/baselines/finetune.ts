import { adapted } from "./adapted.js";

/** The source model's encoder goes on with a new head (METHOD 1). */
export const finetune = adapted("plain fine-tuning", "finetune");
