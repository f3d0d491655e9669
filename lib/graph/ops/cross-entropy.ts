import { floats, ints, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { logSoftmaxOf, softmaxOf } from "./softmax.js";

/** Mean over words of -log softmax(logits [N, Y])[gold [N]], as [1]. Words with gold -1 do not count; none counts: 0. */
export const crossEntropy = (logits: Tensor, gold: Tensor): Tensor =>
  logits.graph.apply(crossEntropyOp, [logits, gold])[0]!;

export const crossEntropyOp: Op = {
  name: "crossEntropy",
  infer([logits, gold]) {
    const [words] = dims("crossEntropy", "logits", logits, "f32", 2);
    sameDim(
      "crossEntropy",
      "rows of logits and gold",
      words,
      dims("crossEntropy", "gold", gold, "i32", 1)[0],
    );
    return [{ type: "f32", shape: [1] }];
  },
  gradient({ inputs: [logits, gold], outputGradients: [dLoss] }) {
    return [logits!.graph.apply(crossEntropyGradientOp, [logits!, gold!, dLoss!])[0], undefined];
  },
  reference([logits, gold], [loss]) {
    const tags = logits!.shape[1]!;
    const losses = [...gold!.data].flatMap((tag, word) =>
      tag < 0 ? [] : [-logSoftmaxOf(logits!.data.subarray(word * tags, (word + 1) * tags))[tag]!],
    );
    loss!.data[0] = losses.reduce((a, b) => a + b, 0) / Math.max(1, losses.length);
  },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1, 8), ints([7], [3, 0, 32, -1, 5, 5, 1])] },
      {
        inputs: [
          noise([300, 9], 2, 4),
          ints(
            [300],
            Array.from({ length: 300 }, (_, i) => (i * 7) % 9),
          ),
        ],
      },
      { inputs: [noise([2, 5], 3), ints([2], [-1, -1])] },
      { inputs: [noise([3, 5], 4, 4000), ints([3], [0, 3, 4])] },
    ];
  },
};

/** (softmax(logits) - onehot(gold)) · dLoss / counted words; zero in rows that do not count. */
export const crossEntropyGradientOp: Op = {
  name: "crossEntropyGradient",
  infer: ([logits]) => [{ type: "f32", shape: logits!.shape }],
  reference([logits, gold, dLoss], [dLogits]) {
    const tags = logits!.shape[1]!;
    const counted = gold!.data.filter((tag) => tag >= 0).length;
    gold!.data.forEach((tag, word) => {
      if (tag < 0) return;
      const probabilities = softmaxOf(logits!.data.subarray(word * tags, (word + 1) * tags));
      probabilities[tag]! -= 1;
      dLogits!.data.set(
        probabilities.map((p) => (p * dLoss!.data[0]!) / counted),
        word * tags,
      );
    });
  },
  inPlace: { 0: 0 },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1, 8), ints([7], [3, 0, 32, -1, 5, 5, 1]), floats([1], [0.75])] },
      { inputs: [noise([2, 5], 3), ints([2], [-1, -1]), floats([1], [1])] },
    ];
  },
};
