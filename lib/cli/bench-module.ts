import { existsSync } from "node:fs";
import path from "node:path";
import { CdlmError } from "../errors.js";
import { packageRoot } from "../native/load.js";

/**
 * A module of bench/, which is in clones of the repository only.
 * @param file under dist/bench
 * @param what it is, with its verb: "benchmarks are"
 * @param hint what to do to have it
 * @throws CdlmError FILE_NOT_FOUND in the published package
 */
export function benchModule<T>(file: string, what: string, hint: string): T {
  const place = path.join(packageRoot, "dist/bench", file);
  if (!existsSync(place))
    throw new CdlmError("FILE_NOT_FOUND", `${what} not part of the published package`, { hint });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- absent in the published package
  return require(place) as T;
}
