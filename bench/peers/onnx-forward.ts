// onnxruntime-node's side of the forward trial: one JSON line in, one out, as torch_step.py.
//   node onnx-forward.js RUNTIME GRAPH THREADS
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

/** What is used of onnxruntime-node, which is installed on request only. */
interface Runtime {
  Tensor: new (type: "int64", data: BigInt64Array, shape: number[]) => object;
  InferenceSession: {
    create(file: string, options: object): Promise<{ run(feeds: Record<string, object>): Promise<unknown> }>;
  };
}

const [folder, graph, threads] = process.argv.slice(2) as [string, string, string];

async function main(): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- where it is, is known at run time
  const { InferenceSession, Tensor } = require(folder) as Runtime;
  const options = { intraOpNumThreads: Number(threads), graphOptimizationLevel: "all", logSeverityLevel: 3 };
  const session = await InferenceSession.create(graph, options);
  const { version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    version: string;
  };
  answer({ onnxruntime: version });
  for await (const line of createInterface({ input: process.stdin })) {
    const { steps, batch, pieces } = JSON.parse(line) as { steps: number; batch: number; pieces: number };
    const tensor = (value: (k: number) => bigint) =>
      new Tensor(
        "int64",
        BigInt64Array.from({ length: batch * pieces }, (_, k) => value(k)),
        [batch, pieces],
      );
    const feeds = { ids: tensor((k) => BigInt(1000 + ((k * 7919) % 20000))), mask: tensor(() => 1n) };
    const ms: number[] = [];
    for (let step = 0; step < steps; step++) {
      const start = performance.now();
      await session.run(feeds);
      ms.push(performance.now() - start);
    }
    answer({ ms });
  }
}

function answer(value: object): void {
  process.stdout.write(JSON.stringify(value) + "\n");
}

void main();
