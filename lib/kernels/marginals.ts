import { CdlmError } from "../errors.js";
import { checkFinite, checkLength, checkNotNegative } from "./checks.js";

/**
 * Weights of the nodes of every problem, [problems, nodes]: uniform where none are given. Throws INVALID_OPTION where
 * they are negative or a row has not the sum 1, SHAPE_MISMATCH where there are too few or too many.
 */
export function marginals(
  kernel: string,
  name: string,
  given: Float32Array | undefined,
  extents: { problems: number; nodes: number },
): Float32Array {
  const { problems, nodes } = extents;
  if (!given) return new Float32Array(problems * nodes).fill(1 / nodes);
  checkLength(kernel, name, given, ["problems", problems], ["nodes", nodes]);
  checkFinite(kernel, { [name]: given });
  checkNotNegative(kernel, name, given);
  for (let problem = 0; problem < problems; problem++) {
    const sum = given.subarray(problem * nodes, (problem + 1) * nodes).reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) <= 1e-4) continue;
    throw new CdlmError("INVALID_OPTION", `${kernel}: ${name} does not sum to one`, {
      expected: "1 within 1e-4 in every problem",
      received: `${sum} in problem ${problem}`,
    });
  }
  return given;
}

/**
 * Largest |row sum - p| or |column sum - q| of each plan [problems · n, m]: small where the iterations reached their end.
 */
export function marginalErrors(
  plans: Float32Array,
  p: Float32Array,
  q: Float32Array,
  n: number,
): Float64Array {
  const problems = p.length / n;
  const m = q.length / problems;
  return Float64Array.from({ length: problems }, (_, problem) => {
    const rows = Float64Array.from(p.subarray(problem * n, (problem + 1) * n), (weight) => -weight);
    const columns = Float64Array.from(q.subarray(problem * m, (problem + 1) * m), (weight) => -weight);
    for (let k = 0; k < n * m; k++) {
      const entry = plans[problem * n * m + k]!;
      rows[Math.floor(k / m)]! += entry;
      columns[k % m]! += entry;
    }
    return Math.max(...rows.map(Math.abs), ...columns.map(Math.abs));
  });
}
