import { open, rename } from "node:fs/promises";
import { writeFailure } from "./write-failure.js";

/**
 * Writes lines to FILE.part, each at once, and gives it its name when all are there. What fails in between leaves the
 * lines before it in FILE.part, and an earlier file as it was. Errors thrown by `lines` pass through.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function writeGrowing(file: string, lines: AsyncIterable<string>): Promise<void> {
  const part = `${file}.part`;
  const failed = (cause: unknown) => {
    throw writeFailure(file, cause);
  };
  const handle = await open(part, "w").catch(failed);
  try {
    for await (const line of lines) await handle.appendFile(line + "\n").catch(failed);
    await handle.sync().catch(failed);
  } finally {
    await handle.close();
  }
  await rename(part, file).catch(failed);
}
