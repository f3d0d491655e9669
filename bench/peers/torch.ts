import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";

export interface PeerRequest {
  work: "train" | "forward";
  steps: number;
  /** Sentences, and pieces of each. */
  batch: number;
  pieces: number;
  bf16: boolean;
}

/**
 * PyTorch in a process of its own, asked for a few steps at a time so that rounds can alternate with ours. The Python
 * that has torch and transformers is named by CDLM_BENCH_PYTHON.
 */
export class TorchPeer {
  readonly #lines: AsyncIterator<string>;

  private constructor(
    readonly child: ChildProcess,
    lines: AsyncIterable<string>,
  ) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Undefined where no Python with PyTorch is named. */
  static async start(
    modelFolder: string,
    threads: number,
  ): Promise<{ peer: TorchPeer; version: string } | undefined> {
    const python = process.env.CDLM_BENCH_PYTHON;
    if (!python) return undefined;
    const script = path.join(packageRoot, "bench/peers/torch_step.py");
    const child = spawn(python, [script, modelFolder, String(threads)], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, HF_HUB_OFFLINE: "1", OMP_WAIT_POLICY: "passive" },
    });
    const peer = new TorchPeer(child, createInterface({ input: child.stdout }));
    const { torch } = (await peer.#answer()) as { torch: string };
    return { peer, version: torch };
  }

  /** Milliseconds of each step. */
  async measure(request: PeerRequest): Promise<number[]> {
    this.child.stdin!.write(JSON.stringify(request) + "\n");
    return ((await this.#answer()) as { ms: number[] }).ms;
  }

  stop(): void {
    this.child.stdin!.end();
  }

  async #answer(): Promise<unknown> {
    const { value, done } = (await this.#lines.next()) as IteratorResult<string, undefined>;
    if (done) throw new Error("PyTorch ended before it answered; see its message above");
    return JSON.parse(value);
  }
}
