import fc from "fast-check";
import { fusedOps, primitiveOps } from "../../lib/graph/ops/index.js";
import type { Op, Sample } from "../../lib/graph/op.js";
import { plan } from "../../lib/graph/plan.js";
import type { NativeProgramSpec, NativeTensors } from "../../lib/native/contract.js";
import { CdlmError } from "../../lib/errors.js";
import { toNative, type AddonEngine } from "../../lib/native/native-engine.js";
import { cpuEngine } from "../support/engines.js";
import { graphOf, hostInputs } from "../support/run-op.js";
import { itSurvives } from "./fuzz.js";

/** A valid program of one op with its inputs. */
interface Program {
  spec: NativeProgramSpec;
  inputs: NativeTensors;
}

const programs = [...primitiveOps, ...fusedOps].flatMap((op) => op.samples.map((sample) => programOf(op, sample))); // prettier-ignore

function programOf(op: Op, sample: Sample): Program {
  const { outputs } = graphOf(op, sample);
  const roots = { outputs: Object.fromEntries(outputs.map((tensor, k) => [String(k), tensor])) };
  return { spec: toNative(plan(roots, {}), {}), inputs: hostInputs(sample.inputs) };
}

/** Which number of the program or the inputs, counted from the first, becomes which. */
const change = fc.record({
  at: fc.nat(),
  inInputs: fc.boolean(),
  value: fc.constantFrom(-2, -1, 0, 1, 2, 3, 4, 5, 7, 8, 16, 64, 1e6, 2 ** 31 - 1, 2 ** 40, 2 ** 53 - 1, 0.5, 1e-30, NaN, Infinity), // prettier-ignore
});
const changed = fc
  .tuple(fc.constantFrom(...programs), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([program, changes]) => {
    const copy = structuredClone(program);
    for (const { at, inInputs, value } of changes) replace(numbersOf(inInputs ? copy.inputs : copy.spec), at, value); // prettier-ignore
    return copy;
  });

function replace(places: readonly Place[], at: number, value: number): void {
  const [container, key] = places[at % places.length] ?? [{}, ""];
  container[key] = value;
}

type Place = [container: Record<string, number>, key: string];

/** Not those of iterations: that a loop may be long is no fault. */
function numbersOf(container: object): Place[] {
  return Object.entries(container).flatMap(([key, value]: [string, unknown]): Place[] => {
    if (typeof value === "object" && value !== null) return numbersOf(value);
    const counts = typeof value === "number" && !key.endsWith("terations");
    return counts ? [[container as Record<string, number>, key]] : [];
  });
}

describe("programs that no graph would compile to", () => {
  let engine: AddonEngine;
  before(async () => {
    engine = cpuEngine();
    await engine.define("known", [2, 3]);
  });
  after(() => engine.dispose());

  itSurvives(
    "of one op, with other numbers",
    changed,
    async ({ spec, inputs }) => {
      try {
        const program = await engine.call((native) => native.compile(spec));
        try {
          await engine.call((native) => native.run(program, [], inputs).result);
        } finally {
          await engine.call((native) => native.release(program));
        }
      } catch (error) {
        // That the graph broke its promise is what the boundary is to say here.
        if (!(error instanceof CdlmError && error.code === "INTERNAL")) throw error;
      }
    },
    20,
  );
});
