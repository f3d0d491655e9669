/**
 * The kernels of the method on typed arrays, without a model: which label of one domain plays the part of which in
 * another, and what a graph of labels does for the words of a sentence. Run by `node dist/examples/kernels.js`.
 */
import { counterfactualEffect, fuse, gcn, gromovWasserstein, sinkhorn } from "../lib/kernels.js";

const say = (line: string) => void process.stdout.write(line + "\n");
const fixed = (values: Iterable<number>) => [...values].map((value) => value.toFixed(2)).join("  ");
const rows = (values: Float32Array, width: number) =>
  Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));

/** Identity map of `width` features. */
const identity = (width: number) => ({
  weight: Float32Array.from({ length: width * width }, (_, k) => Number(k % (width + 1) === 0)),
  bias: new Float32Array(width),
});

/** Distances between the labels of two domains. Only their pattern is shared: who is near whom. */
const politics = { labels: ["politician", "party", "election", "country"], distances: [0, 1, 2, 4, 1, 0, 1.5, 3.5, 2, 1.5, 0, 3, 4, 3.5, 3, 0] }; // prettier-ignore
const music = { labels: ["country", "award", "band", "musician"], distances: [0, 3, 3.5, 4, 3, 0, 1.5, 2, 3.5, 1.5, 0, 1, 4, 2, 1, 0] }; // prettier-ignore

async function align(): Promise<void> {
  say("gromovWasserstein: labels of politics and of music, by the pattern of their distances");
  const [n, m] = [politics.labels.length, music.labels.length];
  const { values, plans } = await gromovWasserstein({
    source: Float32Array.from(politics.distances),
    target: Float32Array.from(music.distances),
    n,
    m,
  });
  for (const [i, row] of rows(plans, m).entries())
    say(`  ${politics.labels[i]!.padEnd(10)} → ${music.labels[row.indexOf(Math.max(...row))]!.padEnd(8)}  ${fixed(row)}`); // prettier-ignore
  say(`  discrepancy ${values[0]!.toFixed(4)}`);
}

async function transport(): Promise<void> {
  say("sinkhorn: two problems at once, the cheapest plans with the given sums");
  const cost = Float32Array.of(0, 1, 1, 0, 1, 0, 0, 1);
  const q = Float32Array.of(0.5, 0.5, 0.25, 0.75);
  const { plans, values } = await sinkhorn({ cost, n: 2, m: 2, q });
  for (const [problem, plan] of rows(plans, 4).entries())
    say(`  plan ${problem + 1}: ${fixed(plan)}   cost ${values[problem]!.toFixed(2)}`);
}

async function convolve(): Promise<void> {
  say("gcn: three nodes in a row pass their features on");
  const features = Float32Array.of(1, 0, 0, 0, 0, 1);
  const edges = Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0);
  const y = await gcn({ features, edges, nodes: 3, width: 2, layers: [identity(2)] });
  for (const node of rows(y, 2)) say(`  ${fixed(node)}`);
}

async function fuseWords(): Promise<void> {
  say("fuse: two sentences of 2 and 1 words meet two labels");
  const { labelWeights } = await fuse({
    words: Float32Array.of(4, 0, 0, 4, 2, 2),
    sentences: Int32Array.of(2, 1),
    labels: Float32Array.of(1, 0, 0, 1),
    edges: Float32Array.of(0, 0.5, 0.5, 0),
    width: 2,
    projection: identity(2),
    layers: [identity(2)],
    combination: { weight: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0), bias: new Float32Array(2) },
  });
  for (const word of rows(labelWeights, 2)) say(`  weights of the labels: ${fixed(word)}`);
}

async function explain(): Promise<void> {
  say("counterfactualEffect: what the mention itself adds to its tags (O, B-x, I-x)");
  const factual = Float32Array.of(0.5, 3, 1);
  const counterfactual = Float32Array.of(2, 1, 0.5);
  say(`  ${fixed(await counterfactualEffect({ factual, counterfactual, tags: 3 }))}`);
}

async function main(): Promise<void> {
  for (const show of [align, transport, convolve, fuseWords, explain]) await show();
}

void main();
