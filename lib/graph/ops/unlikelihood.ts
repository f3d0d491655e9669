import { CdlmError } from "../../errors.js";
import { floats, ints, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { logSum } from "./log-sum.js";

/**
 * Mean over words of -log(1 - softmax(logits [N, Y])[gold [N]]), [1]: raises the probability of the other labels (METHOD
 * 5.4, second reading). Words with gold -1 do not count; none counts: 0. It is taken as log(1 + odds), which stays finite
 * and has a gradient within ±1 however sure of the gold tag the logits are, so nothing is clamped. Y ≥ 2.
 */
export const unlikelihood = (logits: Tensor, gold: Tensor): Tensor =>
  logits.graph.apply(unlikelihoodOp, [logits, gold])[0]!;

function check(op: string, [logits, gold]: Parameters<Op["infer"]>[0]): void {
  const [rows, tags] = dims(op, "logits", logits, "f32", 2);
  sameDim(op, "rows of logits and gold", rows, dims(op, "gold", gold, "i32", 1)[0]);
  if (Number(tags) >= 2) return;
  throw new CdlmError("SHAPE_MISMATCH", `${op}: too few tags`, { expected: "2", received: String(tags) });
}

/** Per counted word: its first entry, log odds of the gold tag, and log Σ e^z of the other tags. */
function oddsOf(logits: ArrayLike<number>, gold: ArrayLike<number>, tags: number) {
  return Array.from(gold).flatMap((tag, row) => {
    if (tag < 0) return [];
    const z = Array.from({ length: tags }, (_, k) => logits[row * tags + k]!);
    const rest = logSum(z.filter((_, k) => k !== tag));
    return [{ at: row * tags, tag, z, rest, odds: z[tag]! - rest }];
  });
}

export const unlikelihoodOp: Op = {
  name: "unlikelihood",
  infer(inputs) {
    check("unlikelihood", inputs);
    return [{ type: "f32", shape: [1] }];
  },
  gradient({ inputs: [logits, gold], outputGradients: [dLoss] }) {
    return [logits!.graph.apply(unlikelihoodGradientOp, [logits!, gold!, dLoss!])[0], undefined];
  },
  reference([logits, gold], [loss]) {
    const words = oddsOf(logits!.data, gold!.data, logits!.shape[1]!);
    for (const { odds } of words)
      loss!.data[0]! += (Math.max(odds, 0) + Math.log1p(Math.exp(-Math.abs(odds)))) / words.length;
  },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1, 8), ints([7], [3, 0, 32, -1, 5, 5, 1])] },
      { inputs: [noise([4, 2], 2, 256), ints([4], [1, 0, 0, 1])] },
      { inputs: [noise([2, 5], 3), ints([2], [-1, -1])] },
    ];
  },
};

/** p at the gold tag, -p · (share among the others) elsewhere, times dLoss / counted words. */
export const unlikelihoodGradientOp: Op = {
  name: "unlikelihoodGradient",
  infer(inputs) {
    check("unlikelihoodGradient", inputs);
    return [{ type: "f32", shape: inputs[0]!.shape }];
  },
  reference([logits, gold, dLoss], [dLogits]) {
    const words = oddsOf(logits!.data, gold!.data, logits!.shape[1]!);
    for (const { at, tag, z, rest, odds } of words) {
      const p = (1 / (1 + Math.exp(-odds))) * (dLoss!.data[0]! / words.length);
      z.forEach((value, k) => (dLogits!.data[at + k] = k === tag ? p : -p * Math.exp(value - rest)));
    }
  },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1, 8), ints([7], [3, 0, 32, -1, 5, 5, 1]), floats([1], [0.75])] },
      { inputs: [noise([4, 2], 2, 256), ints([4], [1, 0, 0, 1]), floats([1], [1])] },
    ];
  },
};
