import { availableParallelism } from "node:os";
import { z } from "zod";
import { CdlmError } from "../errors.js";
import { parseOptions } from "../options.js";
import type { NativeAddon, Precision } from "./contract.js";
import type { Engine } from "./engine.js";
import { loadAddon } from "./load.js";
import { AddonEngine } from "./native-engine.js";
import { toCdlmError } from "./native-error.js";
import { ReferenceEngine } from "./reference-engine.js";

export const deviceOptionsSchema = z.object({
  /**
   * Where to compute. "cuda" is a GPU, or fails: nothing falls back. "auto" is the processor, until the kernels of CUDA
   * have been measured on a GPU. "reference" is the slow float64 interpreter, for checking only.
   */
  device: z.enum(["auto", "cpu", "cuda", "reference"]).default("auto"),
  /** Which GPU, for "cuda": 0 is the first that the driver shows. */
  deviceIndex: z.int().min(0).max(1024).default(0),
  /** Threads of the engine; default: all cores this process may use. */
  threads: z.int().min(1).max(1024).optional(),
  /**
   * Of the operands of matrix products; everything else is fp32. "bf16" is exact about 3 digits of them and works on any
   * processor and on CUDA; "auto" takes it where the processor multiplies faster in bf16 than in fp32, and fp32 on CUDA.
   * "int8" is for prediction on processors only and exact about 2 digits; it is faster where there is AVX-512 VNNI.
   */
  precision: z.enum(["auto", "fp32", "bf16", "int8"]).default("fp32"),
});

export type DeviceOptions = z.input<typeof deviceOptionsSchema>;

/**
 * Starts an engine. The instruction level is the processor's best, or the one that the environment variable CDLM_LEVEL
 * names. Throws ADDON_MISSING, DEVICE_UNAVAILABLE, UNSUPPORTED_PROCESSOR or INVALID_OPTION.
 */
export function createEngine(options: DeviceOptions = {}): Engine {
  const parsed = parseOptions(deviceOptionsSchema, options, "device");
  const { device, deviceIndex, threads = availableParallelism(), precision } = parsed;
  if (device === "reference") return referenceEngine(precision);
  const addon = loadAddon();
  if (device === "cuda")
    return new AddonEngine(addon, {
      level: "cuda",
      threads: 1,
      precision: precision === "auto" ? "fp32" : precision,
      deviceIndex,
    });
  const level = process.env.CDLM_LEVEL ?? addon.bestLevel();
  if (level === "cuda") throw notALevel();
  return new AddonEngine(addon, {
    level,
    threads,
    precision: precision === "auto" ? fastestPrecision(addon, level) : precision,
  });
}

function referenceEngine(precision: DeviceOptions["precision"]): Engine {
  if (precision === "auto" || precision === "fp32") return new ReferenceEngine();
  throw new CdlmError("INVALID_OPTION", "the reference engine computes in float64 only", {
    expected: '"auto" or "fp32"',
    received: String(precision),
  });
}

function fastestPrecision(addon: NativeAddon, level: string): Precision {
  try {
    return addon.fastestPrecision(level);
  } catch (error) {
    throw toCdlmError(error);
  }
}

const notALevel = () =>
  new CdlmError("INVALID_OPTION", "CDLM_LEVEL names no processor's instruction level", {
    expected: "plain, avx2, avx512 or neon",
    received: "cuda",
    hint: "A GPU is an option: --device cuda",
  });
