import { ints, noise, type NdArray } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { Tensor, TensorType } from "../tensor.js";
import { matmul } from "./matmul.js";

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997) from the first word of each sentence to the last, from states of
 * zero. `gates` x [N, 4H]: what the words say to the input, forget, cell and output gates; `recurrent` U [4H, H]: what the state
 * before says to them; `words` [S, 2]: first word and number of words of each sentence. Returns the states h [N, H]; rows
 * of words outside every sentence are 0.
 */
export const lstm = (gates: Tensor, recurrent: Tensor, words: Tensor): Tensor =>
  gates.graph.apply(lstmOp, [gates, recurrent, words])[0]!;

export const lstmOp: Op = {
  name: "lstm",
  /** The states, and the cells that the gradient needs. */
  infer([gates, recurrent, words]) {
    const { rows, width } = checked("lstm", gates, recurrent, words);
    return [0, 1].map(() => ({ type: "f32", shape: [rows, width] }));
  },
  gradient({ inputs: [gates, recurrent, words], outputs: [states, cells], outputGradients: [dStates] }) {
    const inputs = [gates!, recurrent!, words!, states!, cells!, dStates!];
    const [dGates, before] = gates!.graph.apply(lstmGradientOp, inputs) as [Tensor, Tensor];
    return [dGates, matmul(dGates, before, { transposeA: true }), undefined];
  },
  reference([gates, recurrent, words], [states, cells]) {
    const h = recurrent!.shape[1]!;
    eachWord(words!, (word, before) => {
      const { input, forget, cell, output } = activations(gates!, recurrent!, states!, word, before);
      for (let k = 0; k < h; k++) {
        const kept = before < 0 ? 0 : forget[k]! * cells!.data[before * h + k]!;
        cells!.data[word * h + k] = kept + input[k]! * cell[k]!;
        states!.data[word * h + k] = output[k]! * Math.tanh(cells!.data[word * h + k]!);
      }
    });
  },
  get samples() {
    return cases().map(({ gates, recurrent, words }) => ({ inputs: [gates, recurrent, words] }));
  },
};

/** Gradient by `gates`, and the state before each word (0 at the start), [N, 4H] and [N, H]. */
export const lstmGradientOp: Op = {
  name: "lstmGradient",
  infer([gates, recurrent, words, states, cells, dStates]) {
    const { rows, width } = checked("lstmGradient", gates, recurrent, words);
    for (const tensor of [states, cells, dStates])
      sameType("lstmGradient", { type: "f32", shape: [rows, width] }, tensor!);
    return [
      { type: "f32", shape: gates!.shape },
      { type: "f32", shape: [rows, width] },
    ];
  },
  reference([gates, recurrent, words, states, cells, dStates], [dGates, before]) {
    const h = recurrent!.shape[1]!;
    const order: [number, number][] = [];
    eachWord(words!, (word, last) => order.push([word, last]));
    let [carriedState, carriedCell] = [new Float64Array(h), new Float64Array(h)];
    for (const [position, [word, last]] of [...order.entries()].reverse()) {
      const isEnd = order[position + 1]?.[1] !== word;
      if (isEnd) [carriedState, carriedCell] = [new Float64Array(h), new Float64Array(h)];
      const { input, forget, cell, output } = activations(gates!, recurrent!, states!, word, last);
      for (let k = 0; k < h; k++) {
        const at = word * h + k;
        const [tanh, dState] = [Math.tanh(cells!.data[at]!), dStates!.data[at]! + carriedState[k]!];
        const dCell = carriedCell[k]! + dState * output[k]! * (1 - tanh * tanh);
        const cellBefore = last < 0 ? 0 : cells!.data[last * h + k]!;
        before!.data[at] = last < 0 ? 0 : states!.data[last * h + k]!;
        const d = dGates!.data.subarray(word * 4 * h, (word + 1) * 4 * h);
        d[k] = dCell * cell[k]! * input[k]! * (1 - input[k]!);
        d[h + k] = dCell * cellBefore * forget[k]! * (1 - forget[k]!);
        d[2 * h + k] = dCell * input[k]! * (1 - cell[k]! * cell[k]!);
        d[3 * h + k] = dState * tanh * output[k]! * (1 - output[k]!);
        carriedCell[k] = dCell * forget[k]!;
      }
      carriedState = carriedState.map((_, k) => {
        let sum = 0;
        for (let gate = 0; gate < 4 * h; gate++)
          sum += dGates!.data[word * 4 * h + gate]! * recurrent!.data[gate * h + k]!;
        return sum;
      });
    }
  },
  get samples() {
    return cases().map(({ gates, recurrent, words }) => {
      const shape = [gates.shape[0]!, recurrent.shape[1]!];
      return { inputs: [gates, recurrent, words, noise(shape, 4), noise(shape, 5), noise(shape, 6)] };
    });
  },
};

function checked(op: string, gates?: TensorType, recurrent?: TensorType, words?: TensorType) {
  const [rows, four] = dims(op, "gates", gates, "f32", 2);
  const [others, width] = dims(op, "recurrent", recurrent, "f32", 2);
  sameDim(op, "columns of gates and rows of recurrent", four, others);
  sameDim(op, "columns of gates and 4 states", four, 4 * Number(width));
  sameDim(op, "columns of words and 2", dims(op, "words", words, "i32", 2)[1], 2);
  return { rows: rows!, width: width! };
}

/** Calls f(word, word before it in its sentence or -1) in order. */
function eachWord(words: NdArray, f: (word: number, before: number) => void): void {
  for (let s = 0; s < words.shape[0]!; s++)
    for (let k = 0; k < words.data[2 * s + 1]!; k++) {
      const word = words.data[2 * s]! + k;
      f(word, k === 0 ? -1 : word - 1);
    }
}

/** The four gates of a word, each [H]. */
function activations(gates: NdArray, recurrent: NdArray, states: NdArray, word: number, before: number) {
  const h = recurrent.shape[1]!;
  const sums = Float64Array.from({ length: 4 * h }, (_, gate) => {
    let sum = gates.data[word * 4 * h + gate]!;
    if (before >= 0)
      for (let k = 0; k < h; k++) sum += recurrent.data[gate * h + k]! * states.data[before * h + k]!;
    return sum;
  });
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const part = (gate: number, f: (x: number) => number) => sums.subarray(gate * h, (gate + 1) * h).map(f);
  return {
    input: part(0, sigmoid),
    forget: part(1, sigmoid),
    cell: part(2, Math.tanh),
    output: part(3, sigmoid),
  };
}

/** A gap, an empty sentence and one of one word; then whole vectors and a longer sentence. */
function cases() {
  return [
    { n: 9, h: 3, words: ints([4, 2], [0, 4, 4, 0, 5, 1, 6, 3]) },
    { n: 30, h: 33, words: ints([2, 2], [0, 21, 21, 9]) },
  ].map(({ n, h, words }) => ({ gates: noise([n, 4 * h], 1, 4), recurrent: noise([4 * h, h], 2), words }));
}
