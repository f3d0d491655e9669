import { mkdir, open, stat, truncate } from "node:fs/promises";
import path from "node:path";

/** `metrics.jsonl` of a run: one JSON line per record. On resume it is cut back to what the checkpoint had seen. */
export class MetricsFile {
  #bytes: number;

  private constructor(
    readonly file: string,
    bytes: number,
  ) {
    this.#bytes = bytes;
  }

  static async open(out: string, bytes = 0): Promise<MetricsFile> {
    await mkdir(out, { recursive: true });
    const file = path.join(out, "metrics.jsonl");
    await (await open(file, "a")).close();
    const kept = Math.min(bytes, (await stat(file)).size); // shorter when the machine lost power
    await truncate(file, kept);
    return new MetricsFile(file, kept);
  }

  get bytes(): number {
    return this.#bytes;
  }

  async append(record: Readonly<Record<string, unknown>>): Promise<void> {
    const line = Buffer.from(JSON.stringify(record) + "\n");
    const handle = await open(this.file, "a");
    try {
      await handle.appendFile(line);
    } finally {
      await handle.close();
    }
    this.#bytes += line.length;
  }
}
