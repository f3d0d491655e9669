import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";
import { SafetensorsFile } from "../../lib/files/safetensors.js";

/** Reference values that PyTorch, tokenizers and seqeval computed. */
export const golden = (...names: string[]): string => path.join(packageRoot, "test/golden", ...names);

export const readGolden = <T>(name: string): T => JSON.parse(readFileSync(golden(name), "utf8")) as T;

/** All-MiniLM-L6-v2, where `npm run models` has brought it. */
export const miniLm = path.join(packageRoot, ".cache/models/all-MiniLM-L6-v2");

/** Skips the running test, with the reason, where the real encoder is not there. */
export function requireMiniLm(context: Mocha.Context): void {
  if (existsSync(path.join(miniLm, "model.safetensors"))) return;
  context.test!.title += " (skipped: run `npm run models` first)";
  context.skip();
}

/** Every tensor of a file of fp32 or int64 values. */
export async function readTensors(file: string): Promise<Map<string, number[]>> {
  await using opened = await SafetensorsFile.open(file);
  const tensors = new Map<string, number[]>();
  for (const [name, { dtype }] of opened.tensors) {
    if (dtype !== "F32") continue;
    const values: number[] = [];
    for await (const { data } of opened.chunks(name)) {
      const copy = data.slice();
      for (const value of new Float32Array(copy.buffer)) values.push(value);
    }
    tensors.set(name, values);
  }
  return tensors;
}
