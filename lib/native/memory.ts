import os from "node:os";
import { CdlmError } from "../errors.js";

/**
 * Refuses what this machine, or the container that the process runs in, can never hold beside what the process has
 * already. Memory that other programs use counts as there: they may give it back.
 * @param bytes that are about to be taken
 * @param what takes them, e.g. "this model"
 * @param held bytes that the process has and gives back for these
 * @throws CdlmError OUT_OF_MEMORY with the estimate and the memory there is
 */
export function requireMemory(bytes: number, what: string, hint: string, held = 0): void {
  const all = Math.min(os.totalmem(), process.constrainedMemory() || Infinity);
  const left = Math.max(0, all + held - process.memoryUsage.rss());
  if (bytes <= left) return;
  throw new CdlmError("OUT_OF_MEMORY", `${what} does not fit into memory`, {
    expected: `about ${inWords(bytes)}`,
    received: `${inWords(left)} of ${inWords(all)}`,
    hint,
  });
}

function inWords(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`;
}
