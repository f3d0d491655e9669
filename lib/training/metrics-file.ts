import { stat } from "node:fs/promises";
import path from "node:path";
import { writeFully } from "../files/atomic-file.js";
import { nodeFileSystem, type OpenFile } from "../files/file-system.js";
import { makeFolder } from "../files/make-folder.js";
import { writing } from "../files/write-failure.js";

/**
 * `metrics.jsonl` of a run: one JSON line per record, whole or not there. On resume it is cut back to what the checkpoint
 * had seen. Methods throw FILE_WRITE_FAILED.
 */
export class MetricsFile {
  #bytes: number;

  private constructor(
    readonly file: string,
    bytes: number,
  ) {
    this.#bytes = bytes;
  }

  static async open(out: string, bytes = 0): Promise<MetricsFile> {
    await makeFolder(out);
    const file = path.join(out, "metrics.jsonl");
    const size = await stat(file).then((found) => found.size, () => 0); // prettier-ignore
    const metrics = new MetricsFile(file, Math.min(bytes, size)); // shorter when the machine lost power
    await metrics.#edit((handle) => handle.truncate(metrics.#bytes));
    return metrics;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async append(record: Readonly<Record<string, unknown>>): Promise<void> {
    const line = new TextEncoder().encode(JSON.stringify(record) + "\n");
    await this.#edit(async (handle) => {
      try {
        await writeFully(this.file, handle, line);
      } catch (error) {
        await handle.truncate(this.#bytes).catch(() => undefined); // what failed before it is reported
        throw error;
      }
    });
    this.#bytes += line.length;
  }

  async #edit(change: (handle: OpenFile) => Promise<void>): Promise<void> {
    await writing(this.file, async () => {
      const handle = await nodeFileSystem.open(this.file, "a");
      try {
        await change(handle);
      } finally {
        await handle.close();
      }
    });
  }
}
