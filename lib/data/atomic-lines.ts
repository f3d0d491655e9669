import { writeAtomically } from "../files/atomic-file.js";
import type { FileSystem } from "../files/file-system.js";

const flushAt = 1 << 16; // characters

/**
 * Writes lines to a UTF-8 file, each ended by LF. The file appears whole or not at all. Errors thrown by `lines` pass
 * through.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function writeLines(
  file: string,
  lines: AsyncIterable<string>,
  fileSystem?: FileSystem,
): Promise<void> {
  const encoder = new TextEncoder();
  await writeAtomically(
    file,
    async (sink) => {
      let pending = "";
      for await (const line of lines) {
        pending += line + "\n";
        if (pending.length < flushAt) continue;
        const bytes = encoder.encode(pending);
        pending = "";
        await sink.write(bytes);
      }
      await sink.write(encoder.encode(pending));
    },
    fileSystem,
  );
}
