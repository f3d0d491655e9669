import assert from "node:assert/strict";
import { CdlmError } from "../../lib/errors.js";
import { noise } from "../../lib/graph/nd-array.js";
import { matmul } from "../../lib/graph/ops/matmul.js";
import { Graph } from "../../lib/graph/tensor.js";
import { createEngine, type DeviceOptions } from "../../lib/native/create-engine.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import { assertClose } from "../support/engines.js";

const fastest = () => loadAddon().fastestPrecision(process.env.CDLM_LEVEL ?? loadAddon().bestLevel());

async function precisionOf(options: DeviceOptions): Promise<string> {
  const engine = createEngine({ threads: 1, ...options });
  await engine.dispose();
  return engine.precision;
}

function failure(options: DeviceOptions): CdlmError {
  try {
    void createEngine(options).dispose();
  } catch (error) {
    if (error instanceof CdlmError) return error;
  }
  return assert.fail("no error");
}

/** The nearest whole number; of two equally near ones, the even one. */
const toEven = (value: number): number => (value % 1 === 0.5 || value % 1 === -0.5 ? 2 * Math.round(value / 2) : Math.round(value)); // prettier-ignore

/** Adds x wᵀ over columns [begin, end) of rows of 1500, each row rounded to a multiple of a 127th of its largest entry. */
function addQuantised(
  x: Float32Array,
  w: Float32Array,
  begin: number,
  end: number,
  sums: Float64Array,
): void {
  const quantised = (all: Float32Array, row: number) => {
    const values = all.subarray(row * 1500 + begin, row * 1500 + end);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const factor = Math.fround(127 / largest);
    return Array.from(values, (value) => (toEven(Math.fround(value * factor)) * largest) / 127);
  };
  const [rows, columns] = [x.length / 1500, w.length / 1500];
  const weights = Array.from({ length: columns }, (_, j) => quantised(w, j));
  for (let i = 0; i < rows; i++) {
    const row = quantised(x, i);
    weights.forEach(
      (weight, j) => (sums[i * columns + j]! += row.reduce((s, value, k) => s + value * weight[k]!, 0)),
    );
  }
}

describe("precision", () => {
  it("is fp32 unless asked for", async () => {
    assert.equal(await precisionOf({}), "fp32");
    assert.equal(await precisionOf({ precision: "bf16" }), "bf16");
  });

  it("auto is the faster one of this processor", async () => {
    assert.equal(await precisionOf({ precision: "auto" }), fastest());
    assert.equal(loadAddon().fastestPrecision("plain"), "fp32");
  });

  it("refuses others, and says which there are", () => {
    const unknown = failure({ precision: "fp16" as "fp32" });
    assert.equal(unknown.code, "INVALID_OPTION");
    assert.match(unknown.message, /precision.*fp32.*bf16/);
    for (const precision of ["bf16", "int8"] as const) {
      const reference = failure({ device: "reference", precision });
      assert.deepEqual([reference.code, reference.expected], ["INVALID_OPTION", '"auto" or "fp32"']);
    }
    const native = () =>
      new AddonEngine(loadAddon(), { level: "plain", threads: 1, precision: "fp64" as "fp32" });
    assert.throws(native, { code: "INVALID_OPTION", expected: "fp32, bf16 or int8", received: "fp64" });
  });

  it("does not train in int8", async () => {
    const engine = createEngine({ threads: 1, precision: "int8" });
    const groups = [{ weightDecay: 0, parameters: [] }];
    await assert.rejects(engine.configureOptimizer({ rule: "adamw", groups }, 0), { code: "INVALID_OPTION" });
    await engine.dispose();
  });

  it("int8 scales rows, multiplies whole numbers exactly, and gives the same bits at every level", async () => {
    const graph = new Graph();
    const [x, w] = [noise([33, 1500], 1), noise([50, 1500], 2)];
    const y = matmul(graph.input("x", "f32", x.shape), graph.input("w", "f32", w.shape), {
      transposeB: true,
    });
    const inputs = { x: Float32Array.from(x.data), w: Float32Array.from(w.data) };
    const results = [];
    for (const level of loadAddon().availableLevels()) {
      const engine = new AddonEngine(loadAddon(), { level, threads: 2, precision: "int8" });
      results.push((await engine.program({ outputs: { y } }).run(inputs)).y!);
      await engine.dispose();
    }
    const expected = new Float64Array(33 * 50);
    for (const [begin, end] of [
      [0, 1024],
      [1024, 1500],
    ] as const)
      // prettier-ignore
      addQuantised(inputs.x, inputs.w, begin, end, expected);
    assertClose(results[0]!, expected, 1e-6, "y");
    for (const result of results) assert.deepEqual(result, results[0]);
  });

  // 1 + 2^-9 becomes 1 in bf16, whose next number is 1 + 2^-7; a sum of 512 ones is no such loss.
  it("rounds the operands of products, not their sums", async () => {
    const graph = new Graph();
    const a = graph.input("a", "f32", [1, 512]);
    const b = graph.input("b", "f32", [512, 1]);
    const inputs = { a: new Float32Array(512).fill(1 + 2 ** -9), b: new Float32Array(512).fill(1) };
    for (const level of loadAddon().availableLevels())
      for (const [precision, sum] of [
        ["fp32", 513],
        ["bf16", 512],
      ] as const) {
        const engine = new AddonEngine(loadAddon(), { level, threads: 1, precision });
        const { c } = await engine.program({ outputs: { c: matmul(a, b) } }).run(inputs);
        assert.deepEqual([...c!], [sum], `${level} ${engine.products}`);
        await engine.dispose();
      }
  });
});
