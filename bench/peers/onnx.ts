import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";
import { Peer } from "./peer.js";
import { offline, peerPython, peerScript } from "./torch.js";

const folder = path.join(packageRoot, ".cache/bench");
const runtime = path.join(folder, "node_modules/onnxruntime-node");

export const missingOnnx =
  "onnxruntime-node: ONNXRUNTIME_NODE_INSTALL=skip npm install --prefix .cache/bench onnxruntime-node";

/** onnxruntime-node on the graph that PyTorch exports of an encoder; undefined where either is not installed. */
export async function startOnnx(encoder: string, threads: number) {
  const python = peerPython();
  if (python === undefined || !existsSync(runtime)) return undefined;
  mkdirSync(folder, { recursive: true });
  const graph = path.join(folder, `${path.basename(encoder)}.onnx`);
  if (!existsSync(graph))
    execFileSync(python, [peerScript("export_onnx.py"), encoder, graph], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, ...offline },
    });
  const script = path.join(packageRoot, "dist/bench/peers/onnx-forward.js");
  return Peer.start(process.execPath, [script, runtime, graph, String(threads)]);
}
