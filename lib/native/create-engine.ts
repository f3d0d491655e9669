import { availableParallelism } from "node:os";
import { z } from "zod";
import { CdlmError } from "../errors.js";
import { parseOptions } from "../options.js";
import type { Engine } from "./engine.js";
import { loadAddon } from "./load.js";
import { AddonEngine } from "./native-engine.js";
import { ReferenceEngine } from "./reference-engine.js";

export const deviceOptionsSchema = z.object({
  /**
   * Where to compute. "auto" takes the best there is; anything else is taken at its word or fails. "reference" is the
   * slow float64 interpreter, for checking only.
   */
  device: z.enum(["auto", "cpu", "cuda", "reference"]).default("auto"),
  /** Threads of the engine; default: all cores this process may use. */
  threads: z.int().min(1).max(1024).optional(),
});

export type DeviceOptions = z.input<typeof deviceOptionsSchema>;

/**
 * Starts an engine. The instruction level is the processor's best, or the one that the environment variable CDLM_LEVEL
 * names. Throws ADDON_MISSING, DEVICE_UNAVAILABLE, UNSUPPORTED_PROCESSOR or INVALID_OPTION.
 */
export function createEngine(options: DeviceOptions = {}): Engine {
  const { device, threads = availableParallelism() } = parseOptions(deviceOptionsSchema, options, "device");
  if (device === "reference") return new ReferenceEngine();
  if (device === "cuda")
    throw new CdlmError("DEVICE_UNAVAILABLE", "this build computes on the CPU only", {
      hint: 'Use device "auto" or "cpu"',
    });
  const addon = loadAddon();
  return new AddonEngine(addon, { level: process.env.CDLM_LEVEL ?? addon.bestLevel(), threads });
}
