import { open, rename, rm } from "node:fs/promises";

/** The calls that writing a file needs. Tests put failing ones in their place. */
export interface FileSystem {
  open(path: string, flags: "wx" | "a" | "r"): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { force: boolean }): Promise<void>;
}

export interface OpenFile {
  /** May write fewer bytes than given. */
  write(data: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const nodeFileSystem: FileSystem = { open, rename, rm };
