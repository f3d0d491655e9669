import { CdlmError } from "../errors.js";
import type { Extents } from "../graph/plan.js";
import { liveNodes, type Roots } from "../graph/roots.js";
import type { Tensor } from "../graph/tensor.js";
import type { NativeTensors } from "./contract.js";

/** Inputs of a graph, by name. */
export function inputsOf(roots: Roots): Map<string, Tensor> {
  const inputs = liveNodes(roots).filter((node) => node.leaf?.kind === "input");
  return new Map(inputs.map((node) => [node.leaf!.name, node.outputs[0]!]));
}

/** Values of the symbols, from the lengths of the given arrays. Throws SHAPE_MISMATCH where they contradict. */
export function symbolsOf(inputs: ReadonlyMap<string, Tensor>, given: NativeTensors): Extents {
  const symbols: Record<string, number> = {};
  for (const [name, tensor] of inputs) {
    const array = given[name];
    if (!array) throw new CdlmError("SHAPE_MISMATCH", `input ${name} is missing`);
    const names = tensor.shape.filter((dim) => typeof dim === "string");
    const numbers = tensor.shape.filter((dim) => typeof dim === "number");
    const fixed = numbers.reduce((product, dim) => product * dim, 1);
    const rest = array.length === fixed ? 1 : array.length / fixed; // equal: also where both are zero
    const expected = names.length === 0 ? 1 : (symbols[names[0]!] ?? rest);
    if (names.length > 1 || rest !== expected || !Number.isInteger(rest)) {
      const lengths = { expected: `[${tensor.shape.join(", ")}]`, received: `${array.length} elements` };
      throw new CdlmError("SHAPE_MISMATCH", `input ${name} has the wrong length`, lengths);
    }
    if (names.length === 1) symbols[names[0]!] = rest;
  }
  return symbols;
}
