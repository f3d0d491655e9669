import { adapted } from "./adapted.js";

/** Fine-tuning with learnt transitions between tags in place of the fixed ones (METHOD 1). */
export const crf = adapted("fine-tuning + CRF", "finetune", { decoding: "crf" });
