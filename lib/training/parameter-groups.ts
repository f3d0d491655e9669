import type { OptimizerOptions } from "../native/engine.js";
import { parameterGroupNames, type ParameterSpec } from "../nn/scope.js";
import type { TrainingOptions } from "./options.js";

/** Parameters by learning rate and decay, in a fixed order. */
export function parameterGroups(parameters: readonly ParameterSpec[]) {
  const kinds = parameterGroupNames.flatMap((group) => [true, false].map((decay) => ({ group, decay })));
  return kinds
    .map(({ group, decay }) => ({
      group,
      decay,
      names: parameters
        .filter((spec) => spec.group === group && spec.decay === decay)
        .map(({ name }) => name),
    }))
    .filter(({ names }) => names.length > 0);
}

export function optimizerOf(
  parameters: readonly ParameterSpec[],
  { optimizer, weightDecay, momentum }: TrainingOptions,
): OptimizerOptions {
  const groups = parameterGroups(parameters).map(({ decay, names }) => ({
    weightDecay: decay ? weightDecay : 0,
    parameters: names,
  }));
  return { rule: optimizer, momentum, groups };
}

/** Learning rate of every group of `parameterGroups`, at a share `factor` of its peak. */
export function learningRatesOf(
  parameters: readonly ParameterSpec[],
  { learningRate, fusionLearningRate, headLearningRate }: TrainingOptions,
  factor: number,
): number[] {
  const peaks = { encoder: learningRate, fusion: fusionLearningRate, head: headLearningRate };
  return parameterGroups(parameters).map(({ group }) => peaks[group] * factor);
}
