import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";

/** The real model, where `cdlm models SmolLM2-135M-Instruct` has put it. */
export const smolLm2 = path.join(
  packageRoot,
  ".cache/models/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf",
);
