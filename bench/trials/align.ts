import { distances, gromovWassersteinPlanOp } from "../../lib/graph/ops/gromov-wasserstein.js";
import { Graph } from "../../lib/graph/tensor.js";
import { createEngine } from "../../lib/native/create-engine.js";
import type { Engine } from "../../lib/native/engine.js";
import type { Peer } from "../peers/peer.js";
import { startTorch } from "../peers/torch.js";
import { alternate, type Contestant } from "../rounds.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const [n, m, outer, inner, epsilon] = [20, 13, 100, 100, 0.05];
const [stepsPerRound, peerSteps, rounds, batch] = [10, 2, 7, 32];

const missingPeers = "numpy and POT: name a Python that has numpy and POT in CDLM_BENCH_PYTHON";

/** Gromov-Wasserstein plans of as many pairs at once; every iteration is done, for nothing satisfies the tolerances. */
class Alignment {
  readonly #program;
  readonly #inputs;

  constructor(
    engine: Engine,
    readonly pairs: number,
  ) {
    const graph = new Graph();
    const shapes = { source: [pairs * n, n], target: [pairs * m, m], p: [pairs, n], q: [pairs, m] } as const;
    const given = Object.entries(shapes).map(([name, shape]) => graph.input(name, "f32", shape));
    const attributes = { epsilon, proximal: 0, outerIterations: outer, innerIterations: inner, tolerance: -1, relativeTolerance: -1 }; // prettier-ignore
    this.#program = engine.program({
      outputs: { plan: graph.apply(gromovWassersteinPlanOp, given, attributes)[0]! },
    });
    this.#inputs = {
      source: Float32Array.from(distances(pairs, n, 1).data),
      target: Float32Array.from(distances(pairs, m, 2).data),
      p: new Float32Array(pairs * n).fill(1 / n),
      q: new Float32Array(pairs * m).fill(1 / m),
    };
  }

  /** Milliseconds of one pair. */
  async measure(): Promise<number[]> {
    const times: number[] = [];
    for (let step = 0; step < stepsPerRound; step++) {
      const started = performance.now();
      await this.#program.run(this.#inputs);
      times.push((performance.now() - started) / this.pairs);
    }
    return times;
  }
}

async function run({ threads, log }: TrialContext): Promise<TrialResult> {
  const engine = createEngine({ device: "cpu", threads });
  const ours = [1, batch].map((pairs): Contestant => {
    const alignment = new Alignment(engine, pairs);
    const name = pairs === 1 ? "cdlm, one pair" : `cdlm, ${pairs} pairs at once`;
    return { name, measure: () => alignment.measure(), rate };
  });
  const one = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" }; // more only slow such small products down
  const started = await startTorch("align.py", [], one);
  const theirs = started ? peers(started.peer) : [];
  log(`${ours.length + theirs.length} contestants, ${rounds} rounds in turn`);
  const measurements = await alternate([...ours, ...theirs], rounds);
  started?.peer.stop();
  const { level } = engine;
  await engine.dispose();
  const [first, ...others] = measurements;
  return {
    measurements,
    ratios: Object.fromEntries(others.map(({ name, median }) => [`${first!.name} / ${name}`, median / first!.median])), // prettier-ignore
    facts: { nodes: `${n} x ${m}`, iterations: `${outer} x ${inner}`, threads, level, ...started?.about },
    missing: started ? [] : [missingPeers],
  };
}

const rate = (milliseconds: number): string => `${(1000 / milliseconds).toFixed(0)} pairs/s`;

function peers(peer: Peer): Contestant[] {
  const matrix = (nodes: number, seed: number) => {
    const { data } = distances(1, nodes, seed);
    return Array.from({ length: nodes }, (_, i) => [...data.slice(i * nodes, (i + 1) * nodes)]);
  };
  const request = { source: matrix(n, 1), target: matrix(m, 2), epsilon, outer, inner, steps: peerSteps };
  return ["numpy, log domain", "numpy, scaling", "POT"].map((who) => ({
    name: who,
    measure: () => peer.measure({ who, ...request }),
    rate,
  }));
}

export const trial: Trial = {
  id: "align",
  title: "Gromov-Wasserstein plan of one pair of graphs",
  run,
};
