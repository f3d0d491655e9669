import { ints, noise, zeros } from "../nd-array.js";
import { sameType, type Op } from "../op.js";
import { addOp } from "./add.js";
import { dropoutOp } from "./dropout.js";
import { layerNormOp } from "./layer-norm.js";

/**
 * Layer norm of dropout(x) + residual in one pass over memory; rate 0 is no dropout. Inputs x [N, d], residual [N, d],
 * γ, β, key; outputs the sum (for the backward pass), the normalised rows and their statistics.
 */
export const residualNormOp: Op = {
  name: "residualNorm",
  infer([x, residual, gamma, beta], { epsilon }) {
    sameType("residualNorm", x!, residual!);
    return [x!, ...layerNormOp.infer([x!, gamma!, beta!], { epsilon: epsilon! })];
  },
  reference([x, residual, gamma, beta, key], [sum, y, statistics], { epsilon, rate, stream }) {
    const dropped = zeros("f32", x!.shape);
    dropoutOp.reference([x!, key!], [dropped], { rate: rate!, stream: stream! });
    addOp.reference([dropped, residual!], [sum!], {});
    layerNormOp.reference([sum!, gamma!, beta!], [y!, statistics!], { epsilon: epsilon! });
  },
  inPlace: { 0: 0 },
  get samples() {
    return [0, 0.25].map((rate) => ({
      inputs: [noise([7, 33], 1), noise([7, 33], 2, 4), noise([33], 3), noise([33], 4), ints([2], [3, 1])],
      attributes: { epsilon: 1e-12, rate, stream: 2 },
    }));
  },
};
