import assert from "node:assert/strict";
import { CdlmError } from "../../lib/errors.js";
import { add } from "../../lib/graph/ops/add.js";
import { addBias } from "../../lib/graph/ops/add-bias.js";
import { gather } from "../../lib/graph/ops/gather.js";
import { layerNorm } from "../../lib/graph/ops/layer-norm.js";
import { matmul } from "../../lib/graph/ops/matmul.js";
import { Graph, type Tensor } from "../../lib/graph/tensor.js";

const wrong: [string, (graph: Graph) => Tensor, RegExp][] = [
  [
    "add",
    (g) => add(g.input("a", "f32", ["words", 3]), g.input("b", "f32", ["words", 4])),
    /^add: .*f32 \[words, 3\].*f32 \[words, 4\]/,
  ],
  [
    "add of different symbols",
    (g) => add(g.input("a", "f32", ["words", 3]), g.input("b", "f32", ["pieces", 3])),
    /^add: .*\[words, 3\].*\[pieces, 3\]/,
  ],
  [
    "matmul",
    (g) => matmul(g.input("a", "f32", ["words", 3]), g.parameter("w", [4, 5])),
    /^matmul: .*expected 3, received 4/,
  ],
  [
    "matmul of a vector",
    (g) => matmul(g.input("a", "f32", ["words"]), g.parameter("w", [4, 5])),
    /^matmul: A .*rank 2, received f32 \[words\]/,
  ],
  [
    "addBias",
    (g) => addBias(g.input("a", "f32", ["words", 3]), g.parameter("b", [4])),
    /^addBias: .*expected 3, received 4/,
  ],
  [
    "layerNorm",
    (g) => layerNorm(g.input("a", "f32", ["words", 3]), g.parameter("γ", [3]), g.parameter("β", [2]), 1),
    /^layerNorm: .*β.*expected 3, received 2/,
  ],
  [
    "gather by floats",
    (g) => gather(g.parameter("table", [9, 3]), g.input("ids", "f32", ["words"])),
    /^gather: ids .*i32 of rank 1, received f32 \[words\]/,
  ],
];

const isShapeError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CdlmError);
  assert.equal(error.code, "SHAPE_MISMATCH");
  assert.match(error.message, pattern);
  return true;
};

describe("shape errors", () => {
  for (const [name, build, pattern] of wrong)
    it(`${name}: is found when the graph is built and names the op and both shapes`, () => {
      assert.throws(() => build(new Graph()), isShapeError(pattern));
    });

  it("a leaf declared twice with two shapes names both", () => {
    const graph = new Graph();
    graph.parameter("w", [3, 4]);
    assert.throws(
      () => graph.parameter("w", [4, 3]),
      isShapeError(/parameter w.*f32 \[3, 4\].*f32 \[4, 3\]/),
    );
  });

  it("a tensor of another graph is refused", () => {
    const [a, b] = [new Graph(), new Graph()].map((graph) => graph.parameter("w", [2, 2]));
    assert.throws(() => add(a!, b!), /another graph/);
  });
});
