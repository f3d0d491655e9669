import { ints, noise, zeros, type NdArray } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import { dropoutScale, randomRow } from "../random.js";
import type { Attributes, Tensor } from "../tensor.js";
import type { RandomSource } from "./dropout.js";
import { logSum } from "./log-sum.js";
import { softmaxOf } from "./softmax.js";

/**
 * Multi-head scaled dot-product attention within each sentence of a packed batch. Vaswani et al. 2017.
 *
 * `qkv` [pieces, 3d] holds queries, keys and values side by side, each with its heads side by side; `sentences` [S, 2]
 * the first piece and the length of each sentence, in the order of the batch and without gaps. Dropout acts on the
 * attention weights; weight (piece i, head h, key j) draws element j of row i · heads + h.
 */
export function attention(
  qkv: Tensor,
  sentences: Tensor,
  heads: number,
  rate: number,
  { key, stream }: RandomSource,
) {
  return qkv.graph.apply(attentionOp, [qkv, sentences, key], { heads, rate, stream })[0]!;
}

export const attentionOp: Op = {
  name: "attention",
  /** Outputs the context [pieces, d] and, for the gradient, log Σ exp of each row of scores [pieces, heads]. */
  infer([qkv, sentences, key], { heads }) {
    const [pieces, width] = dims("attention", "qkv", qkv, "f32", 2);
    sameDim(
      "attention",
      "columns of sentences and 2",
      dims("attention", "sentences", sentences, "i32", 2)[1],
      2,
    );
    sameDim("attention", "length of the key and 2", dims("attention", "key", key, "i32", 1)[0], 2);
    sameDim("attention", "remainder of columns / (3 · heads) and 0", Number(width) % (3 * heads!), 0);
    return [
      { type: "f32", shape: [pieces!, Number(width) / 3] },
      { type: "f32", shape: [pieces!, heads!] },
    ];
  },
  gradient({ inputs, outputs: [context, logSums], attributes, outputGradients: [dContext] }) {
    const all = [...inputs, context!, logSums!, dContext!];
    return [dContext!.graph.apply(attentionGradientOp, all, attributes)[0], undefined, undefined];
  },
  reference([qkv, sentences, key], [context, logSums], attributes) {
    forEachRow(qkv!, sentences!, key!, attributes, (row) => {
      logSums!.data[row.piece * attributes.heads! + row.head] = row.logSum;
      row.weights.forEach((weight, j) => {
        for (let c = 0; c < row.size; c++)
          context!.data[row.at + c]! += weight * row.kept[j]! * row.value(j, c);
      });
    });
  },
  get samples() {
    return [sample([5, 1, 3], 2, 4, 0), sample([33, 2], 3, 7, 0.25), sample([70], 1, 32, 0.1)];
  },
};

/** dQKV [pieces, 3d]. */
export const attentionGradientOp: Op = {
  name: "attentionGradient",
  infer: ([qkv]) => [{ type: "f32", shape: qkv!.shape }],
  reference([qkv, sentences, key, , , dContext], [dQkv], attributes) {
    const width = qkv!.shape[1]!;
    const d = width / 3;
    forEachRow(qkv!, sentences!, key!, attributes, (row) => {
      const dot = (j: number): number => {
        let sum = 0;
        for (let c = 0; c < row.size; c++) sum += dContext!.data[row.at + c]! * row.value(j, c);
        return sum * row.kept[j]!;
      };
      const dWeights = Array.from(row.weights, (_, j) => dot(j));
      const mean = dWeights.reduce((sum, value, j) => sum + value * row.weights[j]!, 0);
      row.weights.forEach((weight, j) => {
        const dScore = (weight * (dWeights[j]! - mean)) / Math.sqrt(row.size);
        const [q, k] = [
          row.piece * width + row.head * row.size,
          (row.first + j) * width + d + row.head * row.size,
        ];
        for (let c = 0; c < row.size; c++) {
          dQkv!.data[q + c]! += dScore * qkv!.data[k + c]!;
          dQkv!.data[k + c]! += dScore * qkv!.data[q + c]!;
          dQkv!.data[k + d + c]! += weight * row.kept[j]! * dContext!.data[row.at + c]!;
        }
      });
    });
  },
  get samples() {
    return [
      gradientSample([5, 1, 3], 2, 4, 0),
      gradientSample([33, 2], 3, 7, 0.25),
      gradientSample([70], 1, 32, 0.1),
    ];
  },
};

/** One query of one head: its weights over the keys of its sentence, and what dropout keeps of them. */
interface Row {
  piece: number;
  head: number;
  /** First piece of the sentence; key j is piece first + j. */
  first: number;
  /** Columns of one head. */
  size: number;
  /** Where the head's part of the piece's context begins. */
  at: number;
  weights: Float64Array;
  kept: number[];
  logSum: number;
  value(j: number, c: number): number;
}

function forEachRow(
  qkv: NdArray,
  sentences: NdArray,
  key: NdArray,
  attributes: Attributes,
  visit: (row: Row) => void,
) {
  const { heads, rate, stream } = attributes as { heads: number; rate: number; stream: number };
  const width = qkv.shape[1]!;
  const [d, size] = [width / 3, width / 3 / heads];
  for (let s = 0; s < sentences.shape[0]!; s++) {
    const [first, length] = [sentences.data[2 * s]!, sentences.data[2 * s + 1]!];
    for (let piece = first; piece < first + length; piece++)
      for (let head = 0; head < heads; head++) {
        const scores = Array.from({ length }, (_, j) => {
          let sum = 0;
          for (let c = head * size; c < (head + 1) * size; c++)
            sum += qkv.data[piece * width + c]! * qkv.data[(first + j) * width + d + c]!;
          return sum / Math.sqrt(size);
        });
        const random = randomRow([key.data[0]!, key.data[1]!], stream, piece * heads + head, length);
        const kept = Array.from(random, (value) => (rate === 0 ? 1 : dropoutScale(value, rate)));
        const value = (j: number, c: number) => qkv.data[(first + j) * width + 2 * d + head * size + c]!;
        const place = { piece, head, first, size, at: piece * d + head * size };
        visit({ ...place, weights: softmaxOf(scores), kept, logSum: logSum(scores), value });
      }
  }
}

function sample(lengths: number[], heads: number, size: number, rate: number) {
  const pieces = lengths.reduce((a, b) => a + b, 0);
  let first = 0;
  const ranges = lengths.flatMap((length) => [(first += length) - length, length]);
  return {
    inputs: [noise([pieces, 3 * heads * size], 1, 2), ints([lengths.length, 2], ranges), ints([2], [7, 9])],
    attributes: { heads, rate, stream: 4 },
  };
}

function gradientSample(lengths: number[], heads: number, size: number, rate: number) {
  const { inputs, attributes } = sample(lengths, heads, size, rate);
  const pieces = inputs[0]!.shape[0]!;
  const outputs = [zeros("f32", [pieces, heads * size]), zeros("f32", [pieces, heads])];
  attentionOp.reference(inputs, outputs, attributes);
  return { inputs: [...inputs, ...outputs, noise([pieces, heads * size], 5)], attributes };
}
