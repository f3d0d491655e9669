import { Random } from "../data/random.js";
import { elements } from "../graph/nd-array.js";
import { FileType, Slot } from "../native/contract.js";
import type { Engine } from "../native/engine.js";
import type { ParameterSpec } from "../nn/scope.js";

/** Defines parameters and gives them their starting values; each depends on its name and the seed only. */
export async function initialise(
  engine: Engine,
  specs: readonly ParameterSpec[],
  seed: number,
): Promise<void> {
  for (const spec of specs) {
    await engine.define(spec.name, spec.shape);
    await writeFloats(engine, spec.name, startingValues(spec, seed));
  }
}

export async function writeFloats(engine: Engine, name: string, values: Float32Array): Promise<void> {
  await engine.write(name, Slot.value, 0, FileType.f32, new Uint8Array(values.buffer));
}

function startingValues({ name, shape, initialiser }: ParameterSpec, seed: number): Float32Array {
  const values = new Float32Array(elements([...shape]));
  if (initialiser.kind === "constant") return values.fill(initialiser.value);
  if (initialiser.kind === "identity") {
    const [rows, columns] = shape as [number, number];
    for (let k = 0; k < Math.min(rows, columns); k++) values[k * columns + k] = 1;
    return values;
  }
  const random = Random.of(seed, "initialise", name);
  return values.map(() => (2 * random.next() - 1) * initialiser.bound);
}
