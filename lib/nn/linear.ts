import { addBias } from "../graph/ops/add-bias.js";
import { matmul } from "../graph/ops/matmul.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initialiser, LayerOptions, Scope } from "./scope.js";

export interface LinearOptions extends LayerOptions {
  /** Outputs; the width of the layer. */
  readonly width: number;
  /** Names of equal parts that stand one after another in the outputs, where the file keeps them apart. */
  readonly parts?: readonly string[];
  /** How the weight starts; the bias then starts at 0. Default: both uniform in ±1/√i, as PyTorch's linear layer. */
  readonly initialiser?: Initialiser;
}

/**
 * x [N, i] Wᵀ + b, with W [width, i] as model files keep it.
 */
export function linear(
  scope: Scope,
  x: Tensor,
  { name, group, width, parts = [name], initialiser: given }: LinearOptions,
): Tensor {
  const inputs = Number(x.shape[1]);
  const uniform = { kind: "uniform", bound: 1 / Math.sqrt(inputs) } as const;
  const split = (suffix: string, rest: number[]) =>
    parts.map((part) => ({ name: part + suffix, shape: [width / parts.length, ...rest] }));
  const weight = scope.parameter({
    name: `${name}.weight`,
    shape: [width, inputs],
    parts: split(".weight", [inputs]),
    group,
    decay: true,
    initialiser: given ?? uniform,
  });
  const bias = scope.parameter({
    name: `${name}.bias`,
    shape: [width],
    parts: split(".bias", []),
    group,
    decay: false,
    initialiser: given ? { kind: "constant", value: 0 } : uniform,
  });
  return addBias(matmul(x, weight, { transposeB: true }), bias);
}
