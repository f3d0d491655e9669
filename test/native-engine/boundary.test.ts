import assert from "node:assert/strict";
import { CdlmError } from "../../lib/errors.js";
import { attention } from "../../lib/graph/ops/attention.js";
import { crossEntropy } from "../../lib/graph/ops/cross-entropy.js";
import { gather } from "../../lib/graph/ops/gather.js";
import { viterbi } from "../../lib/graph/ops/viterbi.js";
import { Graph } from "../../lib/graph/tensor.js";
import { FileType, Slot, type NativeTensors } from "../../lib/native/contract.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import { cpuEngine } from "../support/engines.js";

/** A graph with every op that reads ids or ranges. */
function model() {
  const graph = new Graph();
  const ids = graph.input("ids", "i32", ["pieces"]);
  const rows = gather(graph.parameter("table", [10, 24]), ids);
  const sentences = graph.input("sentences", "i32", ["sentences", 2]);
  const source = { key: graph.input("key", "i32", [2]), stream: 0 };
  const context = attention(rows, sentences, 2, 0, source);
  const scores = graph.input("scores", "f32", ["words", 3]);
  const gold = graph.input("gold", "i32", ["words"]);
  const words = graph.input("words", "i32", ["sentences", 2]);
  const best = viterbi(scores, graph.input("transitions", "f32", [4, 3]), words);
  return { outputs: { context, loss: crossEntropy(scores, gold), best } };
}

const good = (): NativeTensors => ({
  ids: Int32Array.of(1, 2, 3, 9, 0),
  sentences: Int32Array.of(0, 3, 3, 2),
  key: Int32Array.of(1, 2),
  scores: new Float32Array(12).fill(0.5),
  gold: Int32Array.of(0, 1, 2, -1),
  words: Int32Array.of(0, 2, 2, 2),
  transitions: new Float32Array(12),
});

const wrongInputs: [string, NativeTensors][] = [
  ["an id above the table", { ids: Int32Array.of(1, 2, 3, 10, 0) }],
  ["an id below the table", { ids: Int32Array.of(1, 2, 3, -1, 0) }],
  ["an extreme id", { ids: Int32Array.of(1, 2, 3, -(2 ** 31), 2 ** 31 - 1) }],
  ["gold above the tags", { gold: Int32Array.of(0, 1, 3, -1) }],
  ["a sentence that ends outside", { sentences: Int32Array.of(0, 3, 3, 3) }],
  ["a sentence that begins outside", { sentences: Int32Array.of(0, 3, 2 ** 31 - 1, 2) }],
  ["a sentence of negative length", { sentences: Int32Array.of(0, 5, 5, -1) }],
  ["sentences that overlap", { sentences: Int32Array.of(0, 3, 2, 3) }],
  ["sentences with a gap", { sentences: Int32Array.of(0, 2, 3, 2) }],
  ["words outside", { words: Int32Array.of(0, 2, 2, 3) }],
  ["words that begin before the first", { words: Int32Array.of(-1, 2, 2, 2) }],
  ["one array shorter than its neighbours", { gold: Int32Array.of(0, 1, 2) }],
  ["an array that is no multiple of its row", { scores: new Float32Array(11) }],
  ["a fixed array that is too long", { transitions: new Float32Array(13) }],
  ["floats in place of ids", { ids: new Float32Array(5) }],
  ["ids in place of floats", { scores: new Int32Array(12) }],
  ["doubles", { scores: new Float64Array(12) as unknown as Float32Array }],
  ["a plain array", { ids: [1, 2, 3, 9, 0] as unknown as Int32Array }],
  ["a detached array", { ids: detached(5) }],
  ["nothing", { ids: undefined as unknown as Int32Array }],
];

describe("wrong inputs of a run", () => {
  let engine: AddonEngine;
  before(async () => {
    engine = cpuEngine();
    await engine.define("table", [10, 24]);
  });
  after(() => engine.dispose());

  for (const [name, change] of wrongInputs)
    it(`${name}: a CdlmError, and the engine goes on`, async () => {
      const program = engine.program(model());
      const before = await program.run(good());
      await assert.rejects(program.run({ ...good(), ...change }), (error: unknown) => {
        assert.ok(error instanceof CdlmError);
        assert.notEqual(error.code, "CANCELLED");
        return true;
      });
      assert.deepEqual(await program.run(good()), before);
    });

  it("a range that begins in the middle of an array's buffer is read from there", async () => {
    const program = engine.program(model());
    const ids = Int32Array.of(77, 1, 2, 3, 9, 0).subarray(1);
    assert.deepEqual(await program.run({ ...good(), ids }), await program.run(good()));
  });
});

describe("wrong calls of an engine", () => {
  let engine: AddonEngine;
  before(async () => {
    engine = cpuEngine();
    await engine.define("weight", [3, 4]);
  });
  after(() => engine.dispose());

  const calls: [string, string, () => Promise<unknown>][] = [
    ["an unknown parameter is read", "INTERNAL", () => engine.read("nobody", Slot.value, 0, 1)],
    ["an unknown parameter is written", "INTERNAL", () => engine.write("nobody", 0, 0, 0, new Uint8Array(4))],
    ["a known name gets another shape", "INVALID_STATE", () => engine.define("weight", [4, 3])],
    ["a shape is negative", "SHAPE_MISMATCH", () => engine.define("negative", [-1, 3])],
    ["a shape is beyond all memory", "SHAPE_MISMATCH", () => engine.define("huge", [2 ** 30, 2 ** 30])],
    ["a shape is a fraction", "INTERNAL", () => engine.define("fraction", [1.5])],
    ["a read goes past the end", "SHAPE_MISMATCH", () => engine.read("weight", 0, 10, 3)],
    ["a read begins before the start", "SHAPE_MISMATCH", () => engine.read("weight", 0, -1, 3)],
    ["a read is endless", "SHAPE_MISMATCH", () => engine.read("weight", 0, 0, 2 ** 53 - 1)],
    [
      "a write goes past the end",
      "SHAPE_MISMATCH",
      () => engine.write("weight", 0, 12, 0, new Uint8Array(4)),
    ],
    ["an unknown slot", "INTERNAL", () => engine.read("weight", 9 as Slot, 0, 1)],
    [
      "an unknown type of data",
      "INTERNAL",
      () => engine.write("weight", 0, 0, 7 as FileType, new Uint8Array(4)),
    ],
    ["no optimiser", "INVALID_STATE", () => engine.step({ learningRates: [] })],
    [
      "an optimiser of an unknown parameter",
      "INTERNAL",
      () =>
        engine.configureOptimizer({ rule: "sgd", groups: [{ weightDecay: 0, parameters: ["nobody"] }] }, 0),
    ],
    ["an unknown program", "INVALID_STATE", () => engine.call((native) => native.run(999, [], {}).result)],
    ["no program at all", "INTERNAL", () => engine.call((native) => native.compile(undefined as never))],
  ];

  for (const [name, code, call] of calls)
    it(`${name}: ${code}, with the caller in its stack`, async () => {
      const error: unknown = await call().then(
        () => assert.fail("nothing was thrown"),
        (failure: unknown) => failure,
      );
      assert.ok(error instanceof CdlmError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.stack!, /boundary\.test/);
      assert.deepEqual(await engine.read("weight", Slot.value, 0, 12), new Float32Array(12));
    });

  it("step with too few learning rates: the optimiser is as it was", async () => {
    await engine.configureOptimizer({ rule: "sgd", groups: [{ weightDecay: 0, parameters: ["weight"] }] }, 0);
    await assert.rejects(engine.step({ learningRates: [] }), { code: "INTERNAL" });
    assert.equal(await engine.step({ learningRates: [1] }), 0);
  });

  it("an engine needs a possible level and number of threads", () => {
    const addon = loadAddon();
    const make = (level: string, threads: number) => () => new AddonEngine(addon, { level, threads });
    assert.throws(make("avx9", 1), { name: "CdlmError", code: "INVALID_OPTION" });
    for (const threads of [0, -1, 1e6, 1.5, NaN])
      assert.throws(make(addon.bestLevel(), threads), { name: "CdlmError" });
  });

  it("methods of the native class refuse another receiver", () => {
    const { read } = loadAddon().NativeEngine.prototype as Record<"read", (this: unknown) => unknown>;
    assert.throws(() => read.call({}));
  });
});

/** An array whose memory has moved to somebody else. */
function detached(length: number): Int32Array {
  const array = new Int32Array(length);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}
