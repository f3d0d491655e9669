import assert from "node:assert/strict";
import fc from "fast-check";
import { interpret } from "../../lib/graph/interpret.js";
import { elements, type NdArray } from "../../lib/graph/nd-array.js";
import { fuse } from "../../lib/graph/fuse.js";
import { plan, type Plan } from "../../lib/graph/plan.js";
import { liveNodes, type Roots } from "../../lib/graph/roots.js";
import { writeFloats } from "../../lib/model/initialise.js";
import { Slot, type NativeTensors } from "../../lib/native/contract.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine, toNative } from "../../lib/native/native-engine.js";
import { buildSteps, randomGraph, type RandomGraph } from "../support/random-graph.js";

const runs = Number(process.env.CDLM_RANDOM_GRAPHS ?? 150);
const kept = fc.array(fc.nat(30), { maxLength: 4 });
const aGraph = fc.tuple(buildSteps, kept, fc.integer({ min: 1, max: 40 }), fc.boolean());

describe("random graphs", function () {
  this.timeout(120_000);

  it("fused and planned on the addon equal the float64 interpreter", async () => {
    await fc.assert(
      fc.asyncProperty(aGraph, async ([steps, outputs, extent, backward]) => {
        const made = randomGraph(steps, outputs, backward);
        await using engine = await engineWith(made, extent);
        const actual = await engine.program(made.roots).run(inputsOf(made, extent));
        const expected = interpret(made.roots, (tensor) => made.leaf(tensor, extent), { rows: extent });
        const largest = largestOf([...expected.values()]);
        const close = (found: ArrayLike<number>, wanted: NdArray, what: string) => {
          assert.equal(found.length, wanted.data.length, what);
          wanted.data.forEach((value, i) => {
            const error = Math.abs(found[i]! - value);
            assert.ok(error <= 2e-5 * largest, `${what}[${i}]: ${found[i]} instead of ${value}`);
          });
        };
        for (const [name, tensor] of Object.entries(made.roots.outputs))
          close(actual[name]!, expected.get(tensor)!, name);
        for (const [name, tensor] of made.roots.gradients!) {
          const wanted = expected.get(tensor)!;
          const gradient = await engine.read(name, Slot.gradient, 0, wanted.data.length);
          close(gradient, wanted, `gradient of ${name}`);
        }
      }),
      { numRuns: runs },
    );
  });

  it("give the same bits whether memory is shared and used again or not", async () => {
    await fc.assert(
      fc.asyncProperty(aGraph, async ([steps, outputs, extent, backward]) => {
        const made = randomGraph(steps, outputs, backward);
        const planned = plan(fuse(made.roots), { rows: extent });
        const [shared, apart] = await Promise.all([
          resultsOf(made, planned, extent),
          resultsOf(made, withoutSharing(planned, extent), extent),
        ]);
        assert.deepEqual(shared, apart);
      }),
      { numRuns: runs },
    );
  });
});

/** The same program with a place of its own for every buffer. */
function withoutSharing(planned: Plan, extent: number): Plan {
  let next = 0;
  const buffers = planned.buffers.map((buffer) => {
    if (buffer.place.kind !== "arena") return buffer;
    const offset = next;
    next += 64 * Math.ceil((4 * elements(buffer.shape.map((dim) => concrete(dim, extent)))) / 64 + 1);
    return { ...buffer, place: { kind: "arena" as const, offset } };
  });
  return { ...planned, buffers, arenaBytes: next };
}

/** Outputs and gradients of one run of a plan. */
async function resultsOf(made: RandomGraph, planned: Plan, extent: number): Promise<unknown[]> {
  await using engine = await engineWith(made, extent);
  const capacities = { rows: extent };
  const program = await engine.call((native) => native.compile(toNative(planned, capacities)));
  const outputs = await engine.call((native) => native.run(program, [extent], inputsOf(made, extent)).result);
  const gradients = [...made.roots.gradients!].map(([name, { shape }]) =>
    engine.read(name, Slot.gradient, 0, elements(shape as number[])),
  );
  return [outputs, ...(await Promise.all(gradients))];
}

async function engineWith(made: RandomGraph, extent: number): Promise<AddonEngine & AsyncDisposable> {
  const addon = loadAddon();
  const engine = new AddonEngine(addon, { level: addon.bestLevel(), threads: 2 });
  for (const { leaf, outputs } of leaves(made.roots, "parameter")) {
    await engine.define(leaf!.name, outputs[0]!.shape as number[]);
    await writeFloats(engine, leaf!.name, Float32Array.from(made.leaf(outputs[0]!, extent).data));
  }
  return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.dispose() });
}

function inputsOf(made: RandomGraph, extent: number): NativeTensors {
  const entries = leaves(made.roots, "input").map(({ leaf, outputs }) => {
    const { type, data } = made.leaf(outputs[0]!, extent);
    return [leaf!.name, type === "i32" ? Int32Array.from(data) : Float32Array.from(data)] as const;
  });
  return Object.fromEntries(entries);
}

const leaves = (roots: Roots, kind: string) => liveNodes(roots).filter((node) => node.leaf?.kind === kind);

const concrete = (dim: number | string, extent: number) => (typeof dim === "number" ? dim : extent);

function largestOf(arrays: readonly NdArray[]): number {
  let largest = 1;
  for (const { data } of arrays) for (const value of data) largest = Math.max(largest, Math.abs(value));
  return largest;
}
