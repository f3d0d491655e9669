import { CdlmError } from "../errors.js";
import { loadParameters } from "../files/parameter-file.js";
import type { SafetensorsFile } from "../files/safetensors.js";
import { wholeTensor } from "../files/stored-tensor.js";
import { Slot } from "../native/contract.js";
import type { Engine } from "../native/engine.js";
import type { ParameterSpec } from "../nn/scope.js";
import type { TagSet } from "../text/tag-set.js";
import type { EncoderConfig } from "./encoder-config.js";
import { initialise, writeFloats } from "./initialise.js";

/** Score of a tag that a foreign model does not have: never chosen. */
const never = -1e4;

/** Labels of a fine-tuned model's `config.json` in the order of its head. Throws FILE_INVALID where there are none. */
export function foreignLabels(config: EncoderConfig, file: string): string[] {
  const labels = Object.entries(config.id2label ?? {})
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, label]) => label);
  if (labels.includes("O")) return labels;
  throw new CdlmError("FILE_INVALID", "this model has no named-entity head", {
    file,
    expected: "id2label with the tags O, B-… and I-…",
    received: labels.slice(0, 4).join(", ") || "nothing",
    hint: "Train one with `cdlm train`, or choose a fine-tuned token classification model",
  });
}

/**
 * The rows of a head whose labels stand in another order than ours, put in the order of the tag set.
 * @param weight [labels, width]; @param bias [labels]
 */
export function reorderHead(
  weight: Float32Array,
  bias: Float32Array,
  labels: readonly string[],
  tagSet: TagSet,
) {
  const width = weight.length / labels.length;
  const ordered = {
    weight: new Float32Array(tagSet.size * width),
    bias: new Float32Array(tagSet.size).fill(never),
  };
  labels.forEach((label, row) => {
    const target = tagSet.indexOf(label);
    ordered.weight.set(weight.subarray(row * width, (row + 1) * width), target * width);
    ordered.bias[target] = bias[row]!;
  });
  return ordered;
}

/** Loads the head of a foreign model, whose labels may stand in another order, into ours. */
export async function loadForeignHead(
  engine: Engine,
  file: SafetensorsFile,
  head: readonly ParameterSpec[],
  { labels, tagSet, width }: { labels: readonly string[]; tagSet: TagSet; width: number },
): Promise<void> {
  const foreign = [
    wholeTensor("foreign.weight", [labels.length, width], "classifier.weight"),
    wholeTensor("foreign.bias", [labels.length], "classifier.bias"),
  ];
  await loadParameters(engine, file, foreign);
  const weight = await engine.read("foreign.weight", Slot.value, 0, labels.length * width);
  const bias = await engine.read("foreign.bias", Slot.value, 0, labels.length);
  const ordered = reorderHead(weight, bias, labels, tagSet);
  await initialise(engine, head, 0);
  await writeFloats(engine, "classifier.weight", ordered.weight);
  await writeFloats(engine, "classifier.bias", ordered.bias);
}
