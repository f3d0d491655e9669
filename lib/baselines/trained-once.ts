import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeJsonAtomically } from "../files/atomic-file.js";
import { version } from "../version.js";

/**
 * What a training reports, or has reported: a run that is killed while it tags, when its checkpoint is gone, goes on with
 * the model that is there.
 * @param work folder of the run
 */
export async function trainedOnce<Report>(work: string, train: () => Promise<Report>): Promise<Report> {
  const file = path.join(work, `trained-${version}.json`);
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as Report;
  const report = await train();
  await writeJsonAtomically(file, report);
  return report;
}
