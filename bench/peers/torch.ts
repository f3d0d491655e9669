import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";
import { Peer } from "./peer.js";

export const missingTorch =
  "PyTorch: name a Python that has torch and transformers in CDLM_BENCH_PYTHON (onnx and onnxscript too, for forward)";

/** The Python that has the peers' packages; undefined where none is named. */
export const peerPython = (): string | undefined => process.env.CDLM_BENCH_PYTHON || undefined;

export const peerScript = (name: string): string => path.join(packageRoot, "bench/peers", name);

export const offline = { HF_HUB_OFFLINE: "1", OMP_WAIT_POLICY: "passive" };

/** A script of bench/peers that uses PyTorch; undefined where no Python is named. */
export async function startTorch(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const python = peerPython();
  return python === undefined
    ? undefined
    : Peer.start(python, [peerScript(script), ...args], { ...offline, ...environment });
}
