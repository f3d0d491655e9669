import { gather } from "../graph/ops/gather.js";
import type { Tensor } from "../graph/tensor.js";
import { single, type LayerOptions, type Scope } from "./scope.js";

export interface EmbeddingOptions extends LayerOptions {
  readonly rows: number;
  readonly width: number;
}

/** Rows `ids` [N] of a learnt table [rows, width], which starts at zero. */
export function embedding(scope: Scope, ids: Tensor, { name, group, rows, width }: EmbeddingOptions): Tensor {
  const initialiser = { kind: "constant", value: 0 } as const;
  return gather(
    scope.parameter(single(`${name}.weight`, [rows, width], { group, decay: true, initialiser })),
    ids,
  );
}
