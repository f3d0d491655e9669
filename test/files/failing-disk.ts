import { nodeFileSystem, type OpenFile } from "../../lib/files/file-system.js";

/** A disk that takes so many calls of the whole process and no more, as one that is full; `restore` makes it whole. */
export class FailingDisk implements Disposable {
  calls = 0;
  readonly #real = { ...nodeFileSystem };

  constructor(readonly healthyCalls = Infinity) {
    Object.assign(nodeFileSystem, {
      open: async (path: string, flags: "wx" | "a" | "r") => {
        this.spend();
        return new FailingFile(await this.#real.open(path, flags), this);
      },
      rename: async (from: string, to: string) => {
        this.spend();
        await this.#real.rename(from, to);
      },
    });
  }

  spend(): void {
    if (!this.takesMore()) throw Object.assign(new Error("ENOSPC: made by the test"), { code: "ENOSPC" });
  }

  takesMore(): boolean {
    return this.calls++ < this.healthyCalls;
  }

  restore(): void {
    Object.assign(nodeFileSystem, this.#real);
  }

  [Symbol.dispose](): void {
    this.restore();
  }
}

/** Its last write takes half of the bytes; making it shorter and closing it always work. */
class FailingFile implements OpenFile {
  #isFull = false;

  constructor(
    readonly file: OpenFile,
    readonly disk: FailingDisk,
  ) {}

  async write(data: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }> {
    if (this.#isFull) this.disk.spend();
    if (this.disk.takesMore()) return this.file.write(data, offset, length);
    this.#isFull = true;
    return this.file.write(data, offset, Math.ceil(length / 2));
  }

  async sync(): Promise<void> {
    this.disk.spend();
    await this.file.sync();
  }

  truncate(length: number): Promise<void> {
    return this.file.truncate(length);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
