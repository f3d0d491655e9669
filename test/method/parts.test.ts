import assert from "node:assert/strict";
import { parameterGradients } from "../../lib/model/tagger.js";
import { Slot } from "../../lib/native/contract.js";
import type { Engine } from "../../lib/native/engine.js";
import { ReferenceEngine } from "../../lib/native/reference-engine.js";
import { cpuEngine } from "../support/engines.js";
import { cases, fill, inputsOf, partOf, type Case } from "../support/method-parts.js";

/** Value of a part, and the norm of its gradient by the encoder's first layer. */
async function measured(engine: Engine, reference: Case): Promise<{ value: number; norm: number }> {
  const part = partOf(reference);
  const found = parameterGradients(part.scope, part.loss);
  const gradients = new Map([...found].filter(([name]) => name.startsWith("encoder.layer.0.")));
  await fill(engine, part.scope);
  const { loss } = await engine.program({ outputs: { loss: part.loss }, gradients }).run(await inputsOf(part)); // prettier-ignore
  let squares = 0;
  for (const [name, { shape }] of gradients) {
    const size = (shape as number[]).reduce((a, b) => a * b, 1);
    squares += (await engine.read(name, Slot.gradient, 0, size)).reduce((sum, g) => sum + g * g, 0);
  }
  const weight = Number(reference.options.limp ?? 1); // the prototype weighs inside
  return { value: weight * loss![0]!, norm: weight * Math.sqrt(squares) };
}

describe("the method's parts against PyTorch: value, and gradient at the encoder's first layer", () => {
  const engines = [
    ["float64", () => new ReferenceEngine(), 1e-6],
    ["addon", () => cpuEngine(), 1e-4],
  ] as const;
  for (const [engineName, engineOf, tolerance] of engines)
    for (const reference of cases)
      it(`${engineName}: ${reference.title}`, async () => {
        const engine = engineOf();
        const { value, norm } = await measured(engine, reference);
        await engine.dispose();
        assertNear(value, reference.value, tolerance, "value");
        assertNear(norm, reference.gradient_norm, tolerance, "gradient");
        assert.ok(norm > 0);
      });
});

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  const error = Math.abs(actual - expected) / Math.abs(expected);
  assert.ok(error <= tolerance, `${what}: ${actual} instead of ${expected}, off by ${error}`);
}
