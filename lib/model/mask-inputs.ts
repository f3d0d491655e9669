import type { NativeTensors } from "../native/contract.js";
import type { PackedBatch } from "../text/packing.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { shapes } from "../text/word-shape.js";

/**
 * What a counterfactual reads: the batch with the marked words' pieces replaced by [MASK] and their shapes by none, and
 * which rows are kept (1) or marked (1) elsewhere.
 * @param marked of each word of the batch
 */
export function maskInputs(
  packed: PackedBatch,
  marked: readonly boolean[],
  { maskId }: Pick<Tokenizer, "maskId">,
): NativeTensors {
  const isMarked = (word: number) => word >= 0 && marked[word]!;
  const pieces = packed.wordOfPiece;
  return {
    "masked.pieces": packed.pieces.map((id, k) => (isMarked(pieces[k]!) ? maskId : id)),
    "masked.shapes": packed.shapes.map((shape, k) => (isMarked(pieces[k]!) ? shapes.none : shape)),
    "kept.pieces": Float32Array.from(pieces, (word) => (isMarked(word) ? 0 : 1)),
    "kept.words": Float32Array.from(marked, (mark) => (mark ? 0 : 1)),
    marked: Float32Array.from(marked, Number),
  };
}
