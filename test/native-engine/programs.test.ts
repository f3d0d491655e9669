import assert from "node:assert/strict";
import { gradients } from "../../lib/graph/gradient.js";
import { noise } from "../../lib/graph/nd-array.js";
import { crossEntropy } from "../../lib/graph/ops/cross-entropy.js";
import { gather } from "../../lib/graph/ops/gather.js";
import { gelu } from "../../lib/graph/ops/gelu.js";
import { matmul } from "../../lib/graph/ops/matmul.js";
import type { Roots } from "../../lib/graph/roots.js";
import { Graph } from "../../lib/graph/tensor.js";
import { Slot, type NativeTensors } from "../../lib/native/contract.js";
import type { Engine, Program } from "../../lib/native/engine.js";
import { ReferenceEngine } from "../../lib/native/reference-engine.js";
import { assertClose, cpuEngine, defineLeaves } from "../support/engines.js";

const [width, tags, rows] = [24, 5, 50];

/** Mean loss of words over an embedding table and a hidden layer. */
function model(): Roots {
  const graph = new Graph();
  const parameters = [
    graph.parameter("table", [rows, width]),
    graph.parameter("hidden", [width, width]),
    graph.parameter("out", [width, tags]),
  ] as const;
  const h = gelu(matmul(gather(parameters[0], graph.input("ids", "i32", ["words"])), parameters[1]));
  const loss = crossEntropy(matmul(h, parameters[2]), graph.input("gold", "i32", ["words"]));
  const found = gradients(loss, parameters);
  return { outputs: { loss }, gradients: new Map(parameters.map((p, k) => [p.node.leaf!.name, found[k]!])) };
}

function batch(words: number, seed = 1): NativeTensors {
  const random = noise([2 * words], seed).data.map((value) => Math.abs(value));
  return {
    ids: Int32Array.from(random.slice(0, words), (value) => Math.floor(value * rows)),
    gold: Int32Array.from(random.slice(words), (value) => Math.floor(value * tags)),
  };
}

const joined = (a: NativeTensors, b: NativeTensors): NativeTensors => ({
  ids: Int32Array.of(...a.ids!, ...b.ids!),
  gold: Int32Array.of(...a.gold!, ...b.gold!),
});

async function gradientsOf(engine: Engine): Promise<Float32Array[]> {
  const sizes = { table: rows * width, hidden: width * width, out: width * tags };
  return Promise.all(Object.entries(sizes).map(([name, size]) => engine.read(name, Slot.gradient, 0, size)));
}

const lossOf = async (program: Program, inputs: NativeTensors) => (await program.run(inputs)).loss![0]!;

const engines = [
  ["cpu", () => cpuEngine()],
  ["reference", () => new ReferenceEngine()],
] as const;

describe("programs", () => {
  for (const [device, engineOf] of engines)
    it(`${device}: gradients of two half-batches added up are twice those of the whole`, async () => {
      const engine = engineOf();
      const roots = model();
      await defineLeaves(engine, roots);
      const [first, second] = [batch(16, 1), batch(16, 2)];
      await engine.program(roots).run(joined(first, second));
      const whole = await gradientsOf(engine);
      await engine.program(roots).run(first);
      await engine.program({ ...roots, accumulate: true }).run(second);
      const halves = await gradientsOf(engine);
      whole.forEach(
        (gradient, k) =>
        assertClose(halves[k]!, gradient.map((value) => 2 * value), 1e-5, `gradient ${k}`), // prettier-ignore
      );
      await engine.dispose();
    });

  it("grow and shrink with their inputs, and keep their results", async () => {
    const engine = cpuEngine();
    const roots = model();
    await defineLeaves(engine, roots);
    const program = engine.program(roots);
    const sizes = [3, 40, 1, 200, 7, 0, 199, 1000, 2, 40];
    const seen = new Map<number, unknown>();
    for (const size of [...sizes, ...sizes]) {
      const loss = await lossOf(program, batch(size));
      const result = [loss, ...(await gradientsOf(engine))];
      if (seen.has(size)) assert.deepEqual(result, seen.get(size), `${size} words`);
      const fresh = cpuEngine();
      await defineLeaves(fresh, roots);
      assert.equal(await lossOf(fresh.program(roots), batch(size)), loss, `${size} words`);
      await fresh.dispose();
      seen.set(size, result);
    }
    await engine.dispose();
  });

  it("run in turn and at once in one arena without touching each other's results", async () => {
    const engine = cpuEngine();
    const roots = model();
    await defineLeaves(engine, roots);
    const alone = await lossOf(engine.program(roots), batch(30));
    const programs = Array.from({ length: 6 }, () => engine.program(model()));
    for (let round = 0; round < 3; round++) {
      const sizes = programs.map((_, k) => 30 + ((k * 37 * (round + 1)) % 90));
      const losses = await Promise.all(programs.map((program, k) => lossOf(program, batch(sizes[k]!))));
      for (const [k, size] of sizes.entries())
        assert.equal(losses[k], await lossOf(programs[0]!, batch(size)), `program ${k}`);
    }
    assert.equal(await lossOf(engine.program(roots), batch(30)), alone);
    await engine.dispose();
  });

  it("one program run several times at once with growing inputs gives what each run alone gives", async () => {
    const engine = cpuEngine();
    const roots = model();
    await defineLeaves(engine, roots);
    const sizes = [5, 50, 500, 20, 1000, 3];
    const program = engine.program(roots);
    const together = await Promise.all(sizes.map((size) => lossOf(program, batch(size))));
    for (const [k, size] of sizes.entries())
      assert.equal(together[k], await lossOf(engine.program(roots), batch(size)), `${size} words`);
    await engine.dispose();
  });

  it("work again after a run that was too large for the memory", async () => {
    const engine = cpuEngine();
    const roots = model();
    await defineLeaves(engine, roots);
    const [program, other] = [engine.program(roots), engine.program(roots)];
    const before = await lossOf(program, batch(10));
    assert.equal(await lossOf(other, batch(10)), before);
    for (const length of [2 ** 34, 2 ** 45]) {
      const impossible = { length } as unknown as Int32Array;
      await assert.rejects(program.run({ ids: impossible, gold: impossible }), { name: "CdlmError" });
      for (const each of [other, program]) assert.equal(await lossOf(each, batch(10)), before);
    }
    await engine.dispose();
  });

  it("leave no compiled program behind after a run that was too large, nor does it fail the runs beside it", async () => {
    const counts = { compiled: 0, released: 0 };
    const engine = cpuEngine();
    const roots = model();
    await defineLeaves(engine, roots);
    const call = engine.call.bind(engine);
    engine.call = (start) =>
      call((native) => start(new Proxy(native, { get: (target, name) => {
        if (name === "compile") counts.compiled++;
        if (name === "release") counts.released++;
        const method: unknown = Reflect.get(target, name);
        return typeof method === "function" ? (method.bind(target) as unknown) : method;
      } }))); // prettier-ignore
    const program = engine.program(roots);
    const before = await lossOf(program, batch(10));
    const impossible = { length: 2 ** 34 } as unknown as Int32Array;
    const [large, small] = await Promise.allSettled([program.run({ ids: impossible, gold: impossible }), lossOf(program, batch(10))]); // prettier-ignore
    assert.deepEqual([large.status, small], ["rejected", { status: "fulfilled", value: before }]);
    await program.dispose();
    assert.deepEqual(counts, { compiled: 1, released: 1 });
    await engine.dispose();
    await engine.dispose();
  });

  it("can be disposed, twice, and run again: they compile anew", async () => {
    const engine = cpuEngine();
    const roots = model();
    await defineLeaves(engine, roots);
    const program = engine.program(roots);
    const before = await lossOf(program, batch(10));
    await program.dispose();
    await program.dispose();
    assert.equal(await lossOf(program, batch(10)), before);
    await engine.dispose();
  });
});
