import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeFailure, writing } from "../../lib/files/write-failure.js";
import { CdlmError } from "../../lib/index.js";

/**
 * Takes a folder for this program alone, until the returned function is called or the program has ended.
 * @throws CdlmError INVALID_STATE while another program has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, "in-use");
  const take = () => writeFile(file, String(process.pid), { flag: "wx" });
  await take().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw writeFailure(file, error);
    const owner = Number(await readFile(file, "utf8"));
    if (isRunning(owner)) throw inUse(folder, owner, file);
    await rm(file, { force: true }); // of a program that was killed
    await writing(file, take);
  });
  return () => rm(file, { force: true });
}

function isRunning(pid: number): boolean {
  if (!(Number.isInteger(pid) && pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const inUse = (folder: string, owner: number, file: string): CdlmError =>
  new CdlmError("INVALID_STATE", "another program works in this folder", {
    file: folder,
    expected: "a folder of its own for each program",
    received: `process ${owner}`,
    hint: `End it, or name another folder; if it is no program of this tool, remove ${file}`,
  });
