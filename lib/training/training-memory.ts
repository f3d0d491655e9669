import { bytesOf } from "../files/stored-tensor.js";
import { requireMemory } from "../native/memory.js";
import type { Batches } from "./batches.js";
import type { TrainingOptions } from "./options.js";
import type { Trainable } from "./trainable.js";

/**
 * Refuses a training that this machine can never hold: gradients (those of tables are kept by rows, and not counted),
 * moments, averages, and the working memory of the largest batch of the first epoch, beside the parameters, which are
 * there.
 * @throws CdlmError OUT_OF_MEMORY with the estimate
 */
export function requireTrainingMemory(
  model: Trainable,
  batches: Batches,
  { optimizer, averageDecay }: TrainingOptions,
): void {
  const planned = batches.ofEpoch(0);
  const pieces = (batch: readonly number[]) => batch.reduce((sum, k) => sum + batches.passages[k]!.pieces, 0);
  const largest = planned.reduce((a, b) => (pieces(b) > pieces(a) ? b : a));
  const passages = batches.passagesOf(largest, { epoch: 0, batch: planned.indexOf(largest) });
  const isTable = ({ name }: { name: string }) => name.startsWith("embeddings.");
  const gradients = bytesOf(model.parameters.filter((parameter) => !isTable(parameter)));
  const copies = (optimizer === "adamw" ? 2 : 1) + (averageDecay ? 1 : 0); // moments and averages
  const hint = "Use smaller batches (batchSentences, batchPieces) or a smaller encoder";
  const working = model.workingBytes?.(passages) ?? 0;
  requireMemory(gradients + copies * bytesOf(model.parameters) + working, "this training", hint);
}
