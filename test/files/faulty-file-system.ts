import { nodeFileSystem, type FileSystem, type OpenFile } from "../../lib/files/file-system.js";

export type Fault =
  "open" | "write" | "no bytes written" | "one byte short" | "sync" | "close" | "rename" | "folder sync";

/** Node's file system with one thing that goes wrong, after `healthyWrites` writes that do not. */
export function faultyFileSystem(fault: Fault, code = "ENOSPC", healthyWrites = 0): FileSystem {
  const fail = (when: Fault) => {
    if (when === fault) throw Object.assign(new Error(`${code}: made by the test`), { code });
  };
  return {
    async open(path, flags) {
      if (flags === "r") fail("folder sync");
      fail("open");
      return new FaultyFile(await nodeFileSystem.open(path, flags), fault, fail, healthyWrites);
    },
    async rename(from, to) {
      fail("rename");
      await nodeFileSystem.rename(from, to);
    },
    rm: (path, options) => nodeFileSystem.rm(path, options),
  };
}

class FaultyFile implements OpenFile {
  constructor(
    readonly file: OpenFile,
    readonly fault: Fault,
    readonly fail: (when: Fault) => void,
    private healthyWrites: number,
  ) {}

  async write(data: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }> {
    if (this.healthyWrites-- > 0) return this.file.write(data, offset, length);
    this.fail("write");
    if (this.fault === "no bytes written") return { bytesWritten: 0 };
    return this.file.write(data, offset, this.fault === "one byte short" ? Math.max(1, length - 1) : length);
  }

  truncate(length: number): Promise<void> {
    return this.file.truncate(length);
  }

  async sync(): Promise<void> {
    this.fail("sync");
    await this.file.sync();
  }

  async close(): Promise<void> {
    await this.file.close();
    this.fail("close");
  }
}
