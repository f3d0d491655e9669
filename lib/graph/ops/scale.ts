import { floats, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { multiply } from "./multiply.js";
import { sum } from "./sum.js";

/** s · x, where s is a tensor [1]: loss weights and τ change from step to step, so they are inputs. */
export const scale = (x: Tensor, s: Tensor): Tensor => x.graph.apply(scaleOp, [x, s])[0]!;

export const scaleOp: Op = {
  name: "scale",
  infer([x, s]) {
    const [length] = dims("scale", "s", s, "f32", 1);
    sameDim("scale", "extents of s and 1", length, 1);
    return [{ type: "f32", shape: x!.shape }];
  },
  gradient({ inputs: [x, s], outputGradients: [dY] }) {
    return [scale(dY!, s!), sum(multiply(dY!, x!))];
  },
  reference([x, s], [y]) {
    x!.data.forEach((value, i) => (y!.data[i] = value * s!.data[0]!));
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([7, 19], 1), floats([1], [-0.375])] }];
  },
};
