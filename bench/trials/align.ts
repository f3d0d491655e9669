import { distances, gromovWassersteinPlanOp } from "../../lib/graph/ops/gromov-wasserstein.js";
import { Graph } from "../../lib/graph/tensor.js";
import { createEngine } from "../../lib/native/create-engine.js";
import type { Engine } from "../../lib/native/engine.js";
import type { Peer } from "../peers/peer.js";
import { missingTorch, startTorch } from "../peers/torch.js";
import { alternate, type Contestant } from "../rounds.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const [n, m, outer, inner, epsilon] = [20, 13, 100, 100, 0.05];
const [stepsPerRound, peerSteps, rounds] = [10, 2, 7];
const batches = { cpu: 32, cuda: 1000 };

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

async function run({ threads, device, log }: TrialContext): Promise<TrialResult> {
  const engine = createEngine({ device, threads });
  const ours = [1, batches[device]].map((pairs): Contestant => {
    const alignment = new Alignment(engine, pairs);
    return { name: `cdlm, ${atOnce(pairs)}`, measure: () => alignment.measure(), rate };
  });
  const { theirs, about, missing, stop } = await startPeers(device);
  log(`${ours.length + theirs.length} contestants, ${rounds} rounds in turn`);
  const measurements = await alternate([...ours, ...theirs], rounds);
  stop();
  const { level } = engine;
  await engine.dispose();
  // A processor is compared pair by pair, a device by what it does at once.
  const own = measurements[device === "cpu" ? 0 : 1]!;
  const others = measurements.filter((each) => each !== own);
  return {
    measurements,
    ratios: Object.fromEntries(
      others.map(({ name, median }) => [`${own.name} / ${name}`, median / own.median]),
    ),
    facts: { nodes: `${n} x ${m}`, iterations: `${outer} x ${inner}`, threads, level, ...about },
    missing,
  };
}

const atOnce = (pairs: number): string => (pairs === 1 ? "one pair" : `${pairs} pairs at once`);
const rate = (milliseconds: number): string => `${(1000 / milliseconds).toFixed(0)} pairs/s`;

/** On the processor numpy and POT, a pair at a time; on a device PyTorch. */
async function startPeers(device: TrialContext["device"]) {
  const one = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" }; // more only slow such small products down
  const [script, peersOf, missing] =
    device === "cpu" ? (["align.py", pairByPair, missingPeers] as const) : (["align_torch.py", atOnceOnDevice, missingTorch] as const); // prettier-ignore
  const started = await startTorch(script, device === "cpu" ? [] : [device], one);
  return {
    theirs: started ? peersOf(started.peer) : [],
    about: started?.about,
    missing: started ? [] : [missing],
    stop: () => started?.peer.stop(),
  };
}

function pairByPair(peer: Peer): Contestant[] {
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

function atOnceOnDevice(peer: Peer): Contestant[] {
  const request = { n, m, epsilon, outer, inner, steps: 1 };
  return [1, batches.cuda].flatMap((pairs) =>
    ["float32", "float64"].map((type) => ({
      name: `PyTorch ${type}, ${atOnce(pairs)}`,
      measure: () => peer.measure({ pairs, type, ...request }),
      rate,
    })),
  );
}

export const trial: Trial = {
  id: "align",
  onCuda: true,
  title: "Gromov-Wasserstein plan of one pair of graphs",
  run,
};
