import { createHash } from "node:crypto";
import type { RootDatabase } from "lmdb";
import { CdlmError } from "../errors.js";
import { requireLmdbFile } from "./lmdb-file.js";

const formatVersion = 1;
const formatKey = "cdlm answers";

/**
 * Answers of language models on disk: one LMDB file (and its lock file), safe for several processes at once. An answer
 * that `put` has resolved for survives the death of the process.
 */
export class AnswerStore implements AsyncDisposable {
  private constructor(private readonly database: RootDatabase) {}

  /**
   * Opens a store, or makes an empty one.
   * @throws CdlmError ADDON_MISSING without the package lmdb, FILE_INVALID, VERSION_UNSUPPORTED
   */
  static async open(file: string): Promise<AnswerStore> {
    const { open } = await importLmdb();
    await requireLmdbFile(file);
    let database: RootDatabase;
    try {
      database = open({ path: file, noSubdir: true, encoding: "json" });
    } catch (cause) {
      const received = (cause as Error).message;
      throw new CdlmError("FILE_INVALID", "the store of answers cannot be opened", {
        file,
        received,
        cause,
      });
    }
    const version = (database.get(formatKey) as number | undefined) ?? formatVersion;
    if (version !== formatVersion) {
      await database.close();
      const details = { file, expected: `format ${formatVersion}`, received: `format ${version}` };
      throw new CdlmError("VERSION_UNSUPPORTED", "the store of answers has another format", details);
    }
    await database.put(formatKey, formatVersion);
    return new AnswerStore(database);
  }

  /** Undefined where there is no such answer. */
  get(key: string): unknown {
    return this.database.get(key) as unknown;
  }

  /** Resolves when the answer is in the file. */
  async put(key: string, answer: unknown): Promise<void> {
    await this.database.put(key, answer);
  }

  /** Waits for what is being written. Safe to call twice. */
  async close(): Promise<void> {
    await this.database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Key of an answer: everything that it depends on. */
export function answerKey(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

async function importLmdb(): Promise<typeof import("lmdb")> {
  try {
    return await import("lmdb");
  } catch (cause) {
    throw new CdlmError("ADDON_MISSING", "a store of answers needs the package lmdb", {
      hint: "Install it with `npm install lmdb`",
      cause,
    });
  }
}
