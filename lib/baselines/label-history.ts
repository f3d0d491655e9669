import { add } from "../graph/ops/add.js";
import { gather } from "../graph/ops/gather.js";
import { lstm } from "../graph/ops/lstm.js";
import type { Tensor } from "../graph/tensor.js";
import { Slot } from "../native/contract.js";
import type { Engine, Program } from "../native/engine.js";
import { linear } from "../nn/linear.js";
import { Scope, single } from "../nn/scope.js";
import { validTransitions, type TagSet } from "../text/tag-set.js";

/** H: width of a direction's state, and of a label's vector. */
const width = 64;
const names = { recurrent: "laner.history.recurrent", output: "laner.history.output" };

/**
 * Scores [words, Y] from the labels of the words before, by a BiLSTM that is read behind the last of them: forward it has seen
 * them all, backward only that one.
 */
export function historyScores(scope: Scope, tags: number): Tensor {
  const { labels, forward, recurrent } = historyParts(scope, tags);
  const words = scope.graph.input("words", "i32", ["sentences", 2]);
  const state = lstm(forward, recurrent, words);
  return add(linear(scope, state, { name: names.output, group: "head", width: tags }), lastScores(scope, labels, recurrent, tags)); // prettier-ignore
}

/** Vectors of the labels before [words, H], and what they say to the gates of the forward direction [words, 4H]. */
function historyParts(scope: Scope, tags: number) {
  const before = scope.graph.input("labelsBefore", "i32", ["words"]);
  const uniform = { kind: "uniform", bound: 1 / Math.sqrt(width) } as const;
  const learnt = (name: string, shape: number[]) =>
    scope.parameter(single(name, shape, { group: "head", decay: true, initialiser: uniform }));
  const labels = gather(learnt("laner.history.labels", [tags + 1, width]), before);
  const forward = linear(scope, labels, { name: "laner.history.forward", group: "head", width: 4 * width });
  return { labels, forward, recurrent: learnt(names.recurrent, [4 * width, width]) };
}

/** The backward direction: every label is a sequence of its own, so no state comes before it. */
function lastScores(scope: Scope, labels: Tensor, recurrent: Tensor, tags: number): Tensor {
  const gates = linear(scope, labels, { name: "laner.last.backward", group: "head", width: 4 * width });
  const each = scope.graph.input("eachWord", "i32", ["words", 2]);
  return linear(scope, lstm(gates, recurrent, each), { name: "laner.last.output", group: "head", width: tags }); // prettier-ignore
}

/**
 * What the history reads in training: the tag before each word, Y at the start of a sentence.
 * @param gold [words]; a word that does not count has -1 and is taken for O
 * @param words [sentences, 2] first word and number of words of each sentence
 */
export function historyInputs(gold: Int32Array, words: Int32Array, tags: number) {
  const labelsBefore = Int32Array.from(gold, (_, word) => (word === 0 ? tags : Math.max(0, gold[word - 1]!)));
  for (let s = 0; s < words.length; s += 2) labelsBefore[words[s]!] = tags;
  return { labelsBefore, eachWord: eachWord(gold.length) };
}

const eachWord = (words: number): Int32Array => Int32Array.from({ length: 2 * words }, (_, k) => (k % 2 ? 1 : k / 2)); // prettier-ignore

/** Best tags of sentences by the scores of the words [words, Y] and the labels that were chosen before. */
export type HistoryDecoder = (scores: Float32Array, words: Int32Array) => Int32Array;

/** Chooses word after word: what a label says to the network is tabled, so a word costs one step of the LSTM. */
export class LabelHistory {
  readonly #tables: Program;

  constructor(
    private readonly engine: Engine,
    private readonly tagSet: TagSet,
  ) {
    const scope = new Scope("prediction");
    const { labels, forward, recurrent } = historyParts(scope, tagSet.size);
    const last = lastScores(scope, labels, recurrent, tagSet.size);
    this.#tables = engine.program({ outputs: { gates: forward, last } });
  }

  /** With the parameters as they are now. */
  async decoder(): Promise<HistoryDecoder> {
    const tags = this.tagSet.size;
    const labelsBefore = Int32Array.from({ length: tags + 1 }, (_, label) => label);
    const tables = await this.#tables.run({ labelsBefore, eachWord: eachWord(tags + 1) });
    const read = (name: string, count: number) => this.engine.read(name, Slot.value, 0, count);
    const recurrent = await read(names.recurrent, 4 * width * width);
    const weight = await read(`${names.output}.weight`, tags * width);
    const bias = await read(`${names.output}.bias`, tags);
    const step = (state: State, label: number) => advance(state, tables.gates as Float32Array, recurrent, label); // prettier-ignore
    const allowed = validTransitions(this.tagSet);
    return (scores, words) => {
      const best = new Int32Array(scores.length / tags);
      for (let s = 0; s < words.length; s += 2) {
        const state = { h: new Float64Array(width), c: new Float64Array(width) };
        let label = tags; // the start
        for (let word = words[s]!; word < words[s]! + words[s + 1]!; word++) {
          step(state, label);
          const before = label;
          const score = (tag: number) =>
            allowed[before * tags + tag]! > 0
              ? scores[word * tags + tag]! + tables.last![before * tags + tag]! + bias[tag]! + dot(weight, tag, state.h) // prettier-ignore
              : -Infinity;
          best[word] = label = largest(tags, score);
        }
      }
      return best;
    };
  }
}

interface State {
  h: Float64Array;
  c: Float64Array;
}

/** One word of the LSTM, whose input is a label: gates [labels, 4H], recurrent [4H, H]. */
function advance(state: State, gates: Float32Array, recurrent: Float32Array, label: number): void {
  const sums = Float64Array.from({ length: 4 * width }, (_, gate) => gates[label * 4 * width + gate]! + dot(recurrent, gate, state.h)); // prettier-ignore
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  for (let k = 0; k < width; k++) {
    const [input, forget, output] = [0, 1, 3].map((gate) => sigmoid(sums[gate * width + k]!)) as [number, number, number]; // prettier-ignore
    state.c[k] = forget * state.c[k]! + input * Math.tanh(sums[2 * width + k]!);
    state.h[k] = output * Math.tanh(state.c[k]!);
  }
}

/** Row of a matrix [rows, H] times a vector [H]. */
function dot(matrix: Float32Array, row: number, vector: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += matrix[row * width + k]! * vector[k]!;
  return sum;
}

function largest(count: number, score: (index: number) => number): number {
  let [best, bestScore] = [0, score(0)];
  for (let k = 1; k < count; k++) {
    const own = score(k);
    if (own > bestScore) [best, bestScore] = [k, own];
  }
  return best;
}
