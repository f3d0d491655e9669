import { nodeFileSystem, type FileSystem } from "./file-system.js";
import { writing } from "./write-failure.js";

/**
 * Writes several files so that they appear together: the functions that `write` calls with the file system that it is
 * given fill temporary files, which take their names when all of them are whole. On any failure before, earlier files of
 * these names stay as they were, all of them.
 * @throws CdlmError FILE_WRITE_FAILED; errors of `write` pass through
 */
export async function writeTogether(
  write: (fileSystem: FileSystem) => Promise<void>,
  fileSystem: FileSystem = nodeFileSystem,
): Promise<void> {
  const waiting = new Map<string, string>();
  try {
    await write({
      open: (path, flags) => fileSystem.open(path, flags),
      rename: (from, to) => Promise.resolve(void waiting.set(from, to)),
      rm: (path, options) => fileSystem.rm(path, options),
    });
    for (const [from, to] of waiting) {
      await writing(to, () => fileSystem.rename(from, to));
      waiting.delete(from);
    }
  } catch (error) {
    for (const from of waiting.keys()) await fileSystem.rm(from, { force: true }).catch(() => undefined);
    throw error;
  }
}
