import { CdlmError } from "../../errors.js";
import { ints, noise, type NdArray } from "../nd-array.js";
import { dims, sameDim, type Op, type Sample } from "../op.js";
import type { Dim, Tensor, TensorType } from "../tensor.js";

/**
 * Products between the words of a sentence and the label nodes of the same sentence, over a packed batch. Weights a
 * [N, L], words q [N, d], nodes u [S · L, d], where node i of sentence s is row s · L + i; `words` [S, 2] says where the
 * sentences lie. Rows of words outside every sentence are 0. Each product's gradients are the other two.
 *
 * The number of nodes is a symbol of its own (a product of two extents has no name), so `segmentMatmul` takes it from
 * `like`, any tensor with one row per node.
 */

/** u = aᵀ q in every sentence. */
export const segmentMatmul = (a: Tensor, q: Tensor, words: Tensor, like: Tensor): Tensor =>
  a.graph.apply(segmentMatmulOp, [a, q, words, like])[0]!;

/** q = a u in every sentence. */
export const segmentExpand = (a: Tensor, u: Tensor, words: Tensor): Tensor =>
  a.graph.apply(segmentExpandOp, [a, u, words])[0]!;

/** a = q uᵀ in every sentence, for `labels` nodes per sentence. */
export const segmentScores = (q: Tensor, u: Tensor, words: Tensor, labels: number): Tensor =>
  q.graph.apply(segmentScoresOp, [q, u, words], { labels })[0]!;

function checkWords(op: string, words: TensorType | undefined, rows?: Dim, otherRows?: Dim): void {
  sameDim(op, "columns of words and 2", dims(op, "words", words, "i32", 2)[1], 2);
  sameDim(op, "rows of words", rows, otherRows);
}

/** Where extents are numbers, the nodes must be as many as sentences · labels. */
function checkNodes(op: string, nodes: Dim, words: TensorType, labels: Dim): void {
  const sentences = words.shape[0]!;
  if (typeof nodes !== "number" || typeof sentences !== "number" || nodes === sentences * Number(labels))
    return;
  throw new CdlmError("SHAPE_MISMATCH", `${op}: nodes do not fit`, {
    expected: `${sentences} · ${labels} rows`,
    received: String(nodes),
  });
}

/** Calls f(entry of a, first entry of the row of q, first entry of the row of u) for every word and node. */
function eachPair(words: NdArray, labels: number, d: number, f: (a: number, q: number, u: number) => void) {
  for (let s = 0; s < words.shape[0]!; s++)
    for (let j = 0; j < words.data[2 * s + 1]!; j++)
      for (let label = 0; label < labels; label++) {
        const word = words.data[2 * s]! + j;
        f(word * labels + label, word * d, (s * labels + label) * d);
      }
}

export const segmentMatmulOp: Op = {
  name: "segmentMatmul",
  infer([a, q, words, like]) {
    const [rows, labels] = dims("segmentMatmul", "a", a, "f32", 2);
    const [others, d] = dims("segmentMatmul", "q", q, "f32", 2);
    checkWords("segmentMatmul", words, rows, others);
    checkNodes("segmentMatmul", like!.shape[0]!, words!, labels!);
    return [{ type: "f32", shape: [like!.shape[0]!, d!] }];
  },
  gradient({ inputs: [a, q, words], outputGradients: [dU] }) {
    return [segmentScores(q!, dU!, words!, Number(a!.shape[1])), segmentExpand(a!, dU!, words!)];
  },
  reference([a, q, words], [u]) {
    const d = q!.shape[1]!;
    eachPair(words!, a!.shape[1]!, d, (k, from, to) => {
      for (let c = 0; c < d; c++) u!.data[to + c]! += a!.data[k]! * q!.data[from + c]!;
    });
  },
  get samples() {
    return batches().map(({ a, q, u, words }): Sample => ({ inputs: [a, q, words, u] }));
  },
};

export const segmentExpandOp: Op = {
  name: "segmentExpand",
  infer([a, u, words]) {
    const [rows, labels] = dims("segmentExpand", "a", a, "f32", 2);
    const [nodes, d] = dims("segmentExpand", "u", u, "f32", 2);
    checkWords("segmentExpand", words);
    checkNodes("segmentExpand", nodes!, words!, labels!);
    return [{ type: "f32", shape: [rows!, d!] }];
  },
  gradient({ inputs: [a, u, words], outputGradients: [dQ] }) {
    return [segmentScores(dQ!, u!, words!, Number(a!.shape[1])), segmentMatmul(a!, dQ!, words!, u!)];
  },
  reference([a, u, words], [q]) {
    const d = u!.shape[1]!;
    eachPair(words!, a!.shape[1]!, d, (k, to, from) => {
      for (let c = 0; c < d; c++) q!.data[to + c]! += a!.data[k]! * u!.data[from + c]!;
    });
  },
  get samples() {
    return batches().map(({ a, u, words }): Sample => ({ inputs: [a, u, words] }));
  },
};

export const segmentScoresOp: Op = {
  name: "segmentScores",
  infer([q, u, words], { labels }) {
    const [rows, d] = dims("segmentScores", "q", q, "f32", 2);
    const [nodes, width] = dims("segmentScores", "u", u, "f32", 2);
    sameDim("segmentScores", "columns of q and u", d, width);
    checkWords("segmentScores", words);
    checkNodes("segmentScores", nodes!, words!, labels!);
    return [{ type: "f32", shape: [rows!, labels!] }];
  },
  gradient({ inputs: [q, u, words], outputGradients: [dA] }) {
    return [segmentExpand(dA!, u!, words!), segmentMatmul(dA!, q!, words!, u!)];
  },
  reference([q, u, words], [a], { labels }) {
    const d = q!.shape[1]!;
    eachPair(words!, labels!, d, (k, left, right) => {
      for (let c = 0; c < d; c++) a!.data[k]! += q!.data[left + c]! * u!.data[right + c]!;
    });
  },
  get samples() {
    return batches().map(({ a, q, u, words }): Sample => {
      return { inputs: [q, u, words], attributes: { labels: a.shape[1]! } };
    });
  },
};

/** Batches with a gap, an empty sentence and one of one word; the second has whole blocks of rows and vectors. */
function batches(): { a: NdArray; q: NdArray; u: NdArray; words: NdArray }[] {
  return [
    { n: 12, labels: 5, d: 7, words: ints([4, 2], [0, 4, 4, 1, 6, 0, 6, 5]) },
    { n: 40, labels: 35, d: 33, words: ints([2, 2], [1, 30, 31, 9]) },
  ].map(({ n, labels, d, words }) => ({
    a: noise([n, labels], 1),
    q: noise([n, d], 2),
    u: noise([words.shape[0]! * labels, d], 3),
    words,
  }));
}
