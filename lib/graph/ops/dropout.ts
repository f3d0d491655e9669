import { ints, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import { dropoutScale, randomRow } from "../random.js";
import type { Tensor } from "../tensor.js";

/** Where an op draws its random numbers: the key of the run (an i32 [2] input: seed, step) and a stream of its own. */
export interface RandomSource {
  key: Tensor;
  /** A number that no other op of the graph uses. */
  stream: number;
}

/** x [N, d] with a share `rate` of its elements set to zero and the others divided by 1 - rate. */
export function dropout(x: Tensor, rate: number, { key, stream }: RandomSource): Tensor {
  return rate === 0 ? x : x.graph.apply(dropoutOp, [x, key], { rate, stream })[0]!;
}

/** The mask is never stored: the backward pass draws it again from the same counters. */
export const dropoutOp: Op = {
  name: "dropout",
  infer([x, key]) {
    const shape = dims("dropout", "x", x, "f32", 2);
    sameDim("dropout", "length of the key and 2", dims("dropout", "key", key, "i32", 1)[0], 2);
    return [{ type: "f32", shape }];
  },
  gradient({ inputs: [, key], attributes: { rate, stream }, outputGradients: [dY] }) {
    return [dropout(dY!, rate!, { key: key!, stream: stream! }), undefined];
  },
  reference([x, key], [y], { rate, stream }) {
    const [rows, d] = [x!.shape[0]!, x!.shape[1]!];
    for (let row = 0; row < rows; row++) {
      const random = randomRow([key!.data[0]!, key!.data[1]!], stream!, row, d);
      random.forEach(
        (value, j) => (y!.data[row * d + j] = x!.data[row * d + j]! * dropoutScale(value, rate!)),
      );
    }
  },
  inPlace: { 0: 0 },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1), ints([2], [11, 5])], attributes: { rate: 0.25, stream: 3 } },
      { inputs: [noise([3, 150], 2), ints([2], [-1, 70000])], attributes: { rate: 0.1, stream: 0 } },
    ];
  },
};
