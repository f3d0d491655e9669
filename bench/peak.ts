import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../lib/native/load.js";

const program = path.join(packageRoot, "build/test/native/cdlm_native_bench");

export const missingPeak =
  "the processor's peak: build the native bench (npx cmake-js configure --CDCDLM_NATIVE_TESTS=ON && npm run build:native)";

/** fp32 multiply-adds of a level on registers alone, in GFLOP/s; undefined where the native bench is not built. */
export function measurePeak(level: string, threads: number): number | undefined {
  if (!existsSync(program)) return undefined;
  const noRounds = "0";
  const said = execFileSync(program, [level, String(threads), noRounds], { encoding: "utf8" });
  const peak = /measured peak ([\d.]+) GFLOP/.exec(said)?.[1];
  return peak === undefined ? undefined : Number(peak);
}
