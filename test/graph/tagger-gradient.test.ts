import assert from "node:assert/strict";
import { interpret } from "../../lib/graph/interpret.js";
import { elements, type NdArray } from "../../lib/graph/nd-array.js";
import type { Tensor } from "../../lib/graph/tensor.js";
import { Slot, type NativeTensors } from "../../lib/native/contract.js";
import { ReferenceEngine } from "../../lib/native/reference-engine.js";
import { golden } from "../support/golden.js";
import { packedBatch, taggerFixture, type Fixture } from "../support/tagger-fixture.js";

const step = 1e-5;
const checkedPerParameter = 6;

/** Two short sentences, so that one loss takes milliseconds. */
const batch = packedBatch({
  pieces: [
    [2, 17, 101, 17, 3],
    [2, 250, 9, 3],
  ],
  first_piece_of_word: [
    [1, 2],
    [1, 2],
  ],
  gold: [1, 0, 2, -1],
} as Parameters<typeof packedBatch>[0]);

const head = {
  weight: Array.from({ length: 3 * 32 }, (_, k) => Math.sin(k) / 4),
  bias: [0.1, -0.2, 0.05],
};

describe("gradient of a whole tagger", () => {
  it("equals differences of the loss in float64, for every parameter", async function () {
    this.timeout(60_000);
    const engine = new ReferenceEngine();
    const fixture = await taggerFixture(engine, golden("tiny-bert"), 3, head);
    await fixture.program.run(batch);
    for (const { name, shape } of fixture.parameters) {
      const gradient = engine.tensor(name, Slot.gradient).data as Float64Array;
      assert.equal(gradient.length, elements([...shape]), name);
      checkParameter(engine, fixture, name, gradient);
    }
  });
});

function checkParameter(engine: ReferenceEngine, fixture: Fixture, name: string, gradient: Float64Array) {
  const values = engine.tensor(name, Slot.value).data;
  const lossWith = (index: number, change: number): number => {
    const before = values[index]!;
    values[index] = before + change;
    const loss = lossOf(engine, fixture);
    values[index] = before;
    return loss;
  };
  const largest = gradient.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-4);
  for (const index of sampled(gradient)) {
    const slope = (lossWith(index, step) - lossWith(index, -step)) / (2 * step);
    const error = Math.abs(slope - gradient[index]!);
    assert.ok(error <= 1e-3 * largest, `${name}[${index}]: ${gradient[index]} instead of ${slope}`);
  }
}

/** The entry with the largest gradient, and others spread over the tensor: where nothing flows, nothing may change. */
function sampled(gradient: Float64Array): number[] {
  const stride = Math.max(1, Math.floor(gradient.length / checkedPerParameter));
  const largest = gradient.reduce(
    (best, value, k) => (Math.abs(value) > Math.abs(gradient[best]!) ? k : best),
    0,
  );
  return [largest, ...[...gradient.keys()].filter((k) => k % stride === 0)];
}

function lossOf(engine: ReferenceEngine, { roots }: Fixture): number {
  const { loss } = roots.outputs;
  const leaf = (tensor: Tensor): NdArray => {
    const { kind, name } = tensor.node.leaf!;
    if (kind === "parameter") return engine.tensor(name, Slot.value);
    const { data, shape } = asArray(tensor, batch);
    return { type: tensor.type, shape, data };
  };
  const extents = { pieces: batch.pieces!.length, sentences: 2, words: batch.gold!.length };
  return interpret({ outputs: { loss: loss! } }, leaf, extents).get(loss!)!.data[0]!;
}

function asArray(tensor: Tensor, inputs: NativeTensors): Pick<NdArray, "shape" | "data"> {
  const data = inputs[tensor.node.leaf!.name] as Int32Array;
  const fixed = tensor.shape.filter((dim) => typeof dim === "number").reduce((a, b) => a * b, 1);
  return { data, shape: tensor.shape.map((dim) => (typeof dim === "number" ? dim : data.length / fixed)) };
}
