import { floats, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { sum } from "./sum.js";

/** The one element of s ([1]) in every place of the shape of `like`, whose values are not read. */
export const expand = (s: Tensor, like: Tensor): Tensor => s.graph.apply(expandOp, [s, like])[0]!;

export const expandOp: Op = {
  name: "expand",
  infer([s, like]) {
    const [length] = dims("expand", "s", s, "f32", 1);
    sameDim("expand", "extents of s and 1", length, 1);
    return [{ type: "f32", shape: like!.shape }];
  },
  gradient: ({ outputGradients: [dY] }) => [sum(dY!), undefined],
  reference([s], [y]) {
    y!.data.fill(s!.data[0]!);
  },
  get samples() {
    return [{ inputs: [floats([1], [0.625]), noise([5, 7], 1)] }];
  },
};
