import path from "node:path";
import { CdlmError } from "../errors.js";
import type { NativeAddon } from "./contract.js";
import { explainFailure } from "./explain-failure.js";

let loaded: LoadedAddon | undefined;

interface LoadedAddon {
  addon: NativeAddon;
  /** File of the binary. */
  file: string;
}

/**
 * The addon, loaded once per environment: from the path in CDLM_ADDON if set, else a local build, else the prebuilt
 * binary of this platform. Throws ADDON_MISSING with what was tried and what to do.
 */
export function loadAddon(): NativeAddon {
  return findAddon().addon;
}

/** The same, and the file it came from. */
export function findAddon(): LoadedAddon {
  return (loaded ??= firstThatLoads(candidates()));
}

/** The root of the package: dist/lib/native is three folders down. */
export const packageRoot = path.resolve(__dirname, "../../..");

function candidates(): string[] {
  const override = process.env.CDLM_ADDON;
  if (override) return [path.resolve(override)];
  const platform = `${process.platform}-${process.arch}`;
  return [
    path.join(packageRoot, "build/Release/cdlm.node"),
    path.join(packageRoot, `prebuilds/${platform}/cdlm.node`),
  ];
}

function firstThatLoads(paths: readonly string[]): LoadedAddon {
  const failures: { path: string; error: unknown }[] = [];
  for (const candidate of paths)
    try {
      const addon = { exports: {} as NativeAddon };
      process.dlopen(addon, candidate);
      return { addon: addon.exports, file: candidate };
    } catch (error) {
      failures.push({ path: candidate, error });
    }
  const { message, hint } = explainFailure(failures);
  throw new CdlmError("ADDON_MISSING", message, { hint, cause: failures[0]?.error });
}
