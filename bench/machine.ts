import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { CdlmError } from "../lib/errors.js";
import { createEngine } from "../lib/native/create-engine.js";
import { loadAddon } from "../lib/native/load.js";

/**
 * The kind of processor. Clouds give one name to many kinds; where the system tells family and model, they are part of
 * the name.
 */
export function processorKind(cpuinfo: string = readCpuinfo()): string {
  const name = cpus()[0]?.model.trim() ?? "unknown";
  const field = (label: string) => new RegExp(`^${label}\\s*: (\\d+)$`, "m").exec(cpuinfo)?.[1];
  const [family, model] = [field("cpu family"), field("model")];
  return family !== undefined && model !== undefined ? `${name} family ${family} model ${model}` : name;
}

function readCpuinfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
}

/** What computes: the kind of processor, or the first CUDA device. Throws DEVICE_UNAVAILABLE with the reason where there is none. */
export async function machineOf(device: "cpu" | "cuda"): Promise<string> {
  if (device === "cpu") return processorKind();
  await createEngine({ device }).dispose();
  return loadAddon().cudaDevices().devices[0]!.name;
}

/** One benchmark at a time on a machine. Returns what gives the machine free again. */
export function lockMachine(): () => void {
  const lock = path.join(tmpdir(), "cdlm-bench.lock");
  try {
    closeSync(openSync(lock, "wx"));
  } catch {
    throw new CdlmError("INVALID_STATE", "another benchmark is running on this machine", {
      hint: `If none is, remove ${lock}`,
    });
  }
  return () => rmSync(lock, { force: true });
}
