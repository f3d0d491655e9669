import { mkdir } from "node:fs/promises";
import { writing } from "./write-failure.js";

/**
 * Makes a folder and those above it, unless they are there.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function makeFolder(folder: string): Promise<void> {
  await writing(folder, () => mkdir(folder, { recursive: true }));
}
