import { mkdir } from "node:fs/promises";
import { writeFailure } from "./write-failure.js";

/**
 * Makes a folder and those above it, unless they are there.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw writeFailure(folder, cause);
  }
}
