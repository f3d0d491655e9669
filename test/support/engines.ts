import assert from "node:assert/strict";
import { elements, noise } from "../../lib/graph/nd-array.js";
import { liveNodes, type Roots } from "../../lib/graph/roots.js";
import { writeFloats } from "../../lib/model/initialise.js";
import { Slot, type NativeTensors } from "../../lib/native/contract.js";
import type { Engine } from "../../lib/native/engine.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import { ReferenceEngine } from "../../lib/native/reference-engine.js";

/** The addon at this processor's best level. */
export function cpuEngine(threads = 2): AddonEngine {
  const addon = loadAddon();
  return new AddonEngine(addon, { level: addon.bestLevel(), threads });
}

/** Declares the same tests once for every instruction level that this processor can run, each with an engine of its own. */
export function atEveryLevel(declare: (engine: AddonEngine, level: string) => void): void {
  for (const level of loadAddon().availableLevels())
    describe(level, () => {
      const engine = new AddonEngine(loadAddon(), { level, threads: 1 });
      after(() => engine.dispose());
      declare(engine, level);
    });
}

/** Defines the parameters and states that the roots read, with values that depend on their order and names only. */
export async function defineLeaves(engine: Engine, roots: Roots): Promise<void> {
  for (const { leaf, outputs } of liveNodes(roots)) {
    if (!leaf || leaf.kind === "input") continue;
    const shape = outputs[0]!.shape as number[];
    await engine.define(leaf.name, shape);
    await writeFloats(engine, leaf.name, Float32Array.from(noise(shape, leaf.name.length, 0.5).data));
  }
}

/** What the roots leave behind after some runs: outputs of each run, then gradients and states. */
export async function resultsOf(
  engine: Engine,
  roots: Roots,
  runs: readonly NativeTensors[],
): Promise<Map<string, ArrayLike<number>>> {
  await defineLeaves(engine, roots);
  const program = engine.program(roots);
  const found = new Map<string, ArrayLike<number>>();
  for (const [k, inputs] of runs.entries())
    for (const [name, values] of Object.entries(await program.run(inputs)))
      found.set(`${name} of run ${k}`, values);
  const read = async (name: string, slot: Slot, shape: readonly unknown[]) =>
    found.set(`${Slot[slot]} of ${name}`, await engine.read(name, slot, 0, elements([...shape] as number[])));
  for (const [name, { shape }] of roots.gradients ?? []) await read(name, Slot.gradient, shape);
  for (const [name, { shape }] of roots.assigns ?? []) await read(name, Slot.value, shape);
  await engine.dispose();
  return found;
}

/** Runs the roots on the addon and in the float64 reference, which fuses nothing, and compares all that is left. */
export async function assertEqualToReference(
  roots: Roots,
  runs: readonly NativeTensors[],
  tolerance = 1e-5,
): Promise<void> {
  const [actual, expected] = [
    await resultsOf(cpuEngine(), roots, runs),
    await resultsOf(new ReferenceEngine(), roots, runs),
  ];
  for (const [name, values] of expected) assertClose(actual.get(name)!, values, tolerance, name);
}

/** Differences stay within `tolerance` of the largest entry. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, what);
  let largest = 1e-30;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]!));
  for (let i = 0; i < expected.length; i++)
    assert.ok(
      Math.abs(actual[i]! - expected[i]!) <= tolerance * largest,
      `${what} [${i}]: ${actual[i]} instead of ${expected[i]}`,
    );
}
