import { existsSync, readdirSync, statSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { CdlmError } from "../errors.js";
import { ggufFilesIn, probeLlama } from "../llm/llama/probe.js";
import type { CudaDevices } from "../native/contract.js";
import { findAddon } from "../native/load.js";
import { version } from "../version.js";
import { withJson } from "./common-options.js";
import { print, printJson } from "./print.js";

interface Finding {
  what: string;
  found: string;
  /** False: something does not work without it. */
  ok: boolean;
  /** What to do about it. */
  advice?: string;
  /** The same for programs. */
  details?: Record<string, unknown>;
}

export function doctorCommand(): Command {
  const command = new Command("doctor").description(
    "say what was found on this machine, and what to do about the rest",
  );
  return withJson(command).action(async (flags: { json?: boolean }) => {
    const findings = [addon(), processor(), node(), memory(), models(), cuda(), await languageModel()];
    if (flags.json) await printJson({ version, ok: findings.every(({ ok }) => ok), findings });
    else await print(`cdlm ${version}\n${findings.map(line).join("")}`);
    if (!findings[0]!.ok) process.exitCode = 1;
  });
}

function line({ what, found, ok, advice }: Finding): string {
  const indented = (text: string) => text.trim().replaceAll("\n", "\n      ");
  return `${ok ? "✓" : "✗"} ${what}: ${indented(found)}\n${advice ? `    → ${indented(advice)}\n` : ""}`;
}

function addon(): Finding {
  const what = "addon";
  try {
    const { file, addon } = findAddon();
    const [levels, best, forced] = [addon.availableLevels(), addon.bestLevel(), process.env.CDLM_LEVEL];
    const level = forced === undefined ? best : `${forced} (set by CDLM_LEVEL)`;
    const found = `${file}, instruction level ${level}, available ${levels.join(", ")}`;
    const details = { file, level: forced ?? best, levels };
    if (forced === undefined || levels.includes(forced)) return { what, found, ok: true, details };
    return { what, found, ok: false, advice: `Set CDLM_LEVEL to one of ${levels.join(", ")}`, details };
  } catch (error) {
    if (!(error instanceof CdlmError)) throw error;
    return { what, found: error.message, ok: false };
  }
}

function processor(): Finding {
  const threads = availableParallelism();
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const found = `${model}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  return { what: "processor", found, ok: true, details: { model, threads } };
}

function node(): Finding {
  const platform = `${process.platform}-${process.arch}`;
  const details = { version: process.version, platform };
  return { what: "Node", found: `${process.version} on ${platform}`, ok: true, details };
}

/** Free memory for this process: a container's limit counts. */
function memory(): Finding {
  const [free, needed] = [process.availableMemory(), 2 ** 30];
  const total = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  const found = `${gigabytes(free)} free of ${gigabytes(total)}`;
  const details = { free, total };
  if (free >= needed) return { what: "memory", found, ok: true, details };
  const advice = "Training a small encoder takes about 1 GB: end other programs, or use smaller batches";
  return { what: "memory", found, ok: false, advice, details };
}

function models(): Finding {
  const cache = path.resolve(".cache/models");
  const names = existsSync(cache) && statSync(cache).isDirectory() ? readdirSync(cache).sort() : [];
  const details = { folder: cache, names };
  if (names.length > 0)
    return { what: "models", found: `${names.join(", ")} in ${cache}`, ok: true, details };
  const advice =
    "`cdlm models` brings a small encoder, `cdlm pull` any other; an encoder's folder elsewhere will do as well";
  return { what: "models", found: `none in ${cache}`, ok: true, advice, details };
}

/** The driver and its devices, or why there is none; the processor computes in any case. */
function cuda(): Finding {
  const what = "CUDA";
  try {
    const found = findAddon().addon.cudaDevices();
    const details = { ...found };
    const driver = found.driver ? `driver of CUDA ${found.driver}` : "no driver";
    if (found.devices.length === 0)
      return { what, found: `${found.problem} (${driver})`, ok: true, advice: "Nothing to do: the CPU computes", details }; // prettier-ignore
    const device = ({ name, bytesFree, bytesTotal, capability }: CudaDevices["devices"][number]) =>
      `${name}, ${gigabytes(bytesFree)} free of ${gigabytes(bytesTotal)}, compute capability ${capability}`;
    const advice = '`--device cuda` computes there; "auto" stays on the processor';
    return { what, found: `${driver}; ${found.devices.map(device).join("; ")}`, ok: true, advice, details };
  } catch (error) {
    if (!(error instanceof CdlmError)) throw error;
    return { what, found: "unknown without the addon", ok: true };
  }
}

async function languageModel(): Promise<Finding> {
  const what = "language model";
  const files = await ggufFilesIn(path.resolve(".cache/models"));
  const model = files.length > 0 ? files.join(", ") : "no GGUF file in .cache/models";
  try {
    const { gpu, free, largestModel } = await probeLlama();
    const where = gpu === false ? "no GPU, the processor computes" : `GPU by ${gpu}`;
    const fits = `a file of up to ${gigabytes(largestModel)} fits`;
    const found = `node-llama-cpp is installed; ${where}; ${fits}; ${model}`;
    const advice =
      files.length > 0
        ? {}
        : {
            advice:
              "`cdlm models SmolLM2-135M-Instruct` brings a small one to try; any instruct GGUF will do",
          };
    return { what, found, ok: true, ...advice, details: { installed: true, gpu, free, largestModel, files } };
  } catch (error) {
    if (!(error instanceof CdlmError)) throw error;
    const advice =
      "`npm install node-llama-cpp lmdb` for `causal` and `label`; an endpoint needs lmdb alone (nothing else needs either)";
    return { what, found: `node-llama-cpp is not installed; ${model}`, ok: true, advice, details: { installed: false, files } }; // prettier-ignore
  }
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;
