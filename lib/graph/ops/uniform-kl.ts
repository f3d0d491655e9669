import { floats, ints, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { logSoftmaxOf, softmaxOf } from "./softmax.js";

/**
 * Mean over words of KL(uniform ‖ softmax(logits [N, Y])), [1]: from these features the tag should be unpredictable
 * (METHOD 5.4, first reading). Words whose mark [N] is negative do not count; none counts: 0.
 */
export const uniformKl = (logits: Tensor, marks: Tensor): Tensor =>
  logits.graph.apply(uniformKlOp, [logits, marks])[0]!;

function check(op: string, [logits, marks]: Parameters<Op["infer"]>[0]): void {
  const [rows] = dims(op, "logits", logits, "f32", 2);
  sameDim(op, "rows of logits and marks", rows, dims(op, "marks", marks, "i32", 1)[0]);
}

const countOf = (marks: ArrayLike<number>): number =>
  Math.max(1, Array.from(marks).filter((mark) => mark >= 0).length);

export const uniformKlOp: Op = {
  name: "uniformKl",
  infer(inputs) {
    check("uniformKl", inputs);
    return [{ type: "f32", shape: [1] }];
  },
  gradient({ inputs: [logits, marks], outputGradients: [dLoss] }) {
    return [logits!.graph.apply(uniformKlGradientOp, [logits!, marks!, dLoss!])[0], undefined];
  },
  reference([logits, marks], [loss]) {
    const tags = logits!.shape[1]!;
    marks!.data.forEach((mark, row) => {
      if (mark < 0) return;
      const logs = logSoftmaxOf(logits!.data.subarray(row * tags, (row + 1) * tags));
      const divergence = logs.reduce((sum, value) => sum - value / tags, -Math.log(tags));
      loss!.data[0]! += divergence / countOf(marks!.data);
    });
  },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1, 8), ints([7], [3, 0, 1, -1, 5, -1, 1])] },
      { inputs: [noise([2, 5], 2), ints([2], [-1, -1])] },
      { inputs: [noise([3, 5], 4, 4000), ints([3], [0, -1, 1])] },
    ];
  },
};

/** (softmax(logits) - 1 / Y) · dLoss / counted words; zero in rows that do not count. */
export const uniformKlGradientOp: Op = {
  name: "uniformKlGradient",
  infer(inputs) {
    check("uniformKlGradient", inputs);
    return [{ type: "f32", shape: inputs[0]!.shape }];
  },
  reference([logits, marks, dLoss], [dLogits]) {
    const tags = logits!.shape[1]!;
    marks!.data.forEach((mark, row) => {
      if (mark < 0) return;
      const p = softmaxOf(logits!.data.subarray(row * tags, (row + 1) * tags));
      const factor = dLoss!.data[0]! / countOf(marks!.data);
      dLogits!.data.set(p.map((value) => (value - 1 / tags) * factor), row * tags); // prettier-ignore
    });
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1, 8), ints([7], [3, 0, 1, -1, 5, -1, 1]), floats([1], [0.75])] }];
  },
};
