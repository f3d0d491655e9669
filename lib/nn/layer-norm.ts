import { layerNorm as layerNormOp } from "../graph/ops/layer-norm.js";
import type { Tensor } from "../graph/tensor.js";
import { single, type LayerOptions, type Scope } from "./scope.js";

/** Layer norm with learnt scale γ and shift β, which start at 1 and 0. */
export function layerNorm(scope: Scope, x: Tensor, options: LayerOptions & { epsilon: number }): Tensor {
  const { name, group, epsilon } = options;
  const learnt = (suffix: string, value: number) =>
    scope.parameter(
      single(name + suffix, [Number(x.shape[1])], {
        group,
        decay: false,
        initialiser: { kind: "constant", value },
      }),
    );
  return layerNormOp(x, learnt(".weight", 1), learnt(".bias", 0), epsilon);
}
