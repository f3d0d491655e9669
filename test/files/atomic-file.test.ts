import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { writeLines } from "../../lib/data/atomic-lines.js";
import { writeAtomically, writeJsonAtomically, type Sink } from "../../lib/files/atomic-file.js";
import type { FileSystem } from "../../lib/files/file-system.js";
import { writeSafetensors } from "../../lib/files/write-safetensors.js";
import { writeChecked } from "../../lib/hub/checked-file.js";
import { isCdlmError } from "../data/expect-error.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { faultyFileSystem, type Fault } from "./faulty-file-system.js";

const hello = new TextEncoder().encode("hello\n");

async function* once<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value);
}

/** Everything of this package that writes files, as a function of the file and the file system. */
const writers: Record<string, (file: string, fileSystem?: FileSystem) => Promise<void>> = {
  writeAtomically: (file, fileSystem) => writeAtomically(file, (sink) => sink.write(hello), fileSystem),
  writeJsonAtomically: (file, fileSystem) => writeJsonAtomically(file, { a: 1 }, fileSystem),
  writeLines: (file, fileSystem) => writeLines(file, once("hello"), fileSystem),
  writeChecked: (file, fileSystem) => writeChecked(file, once(hello), {}, undefined, fileSystem),
  writeSafetensors: (file, fileSystem) =>
    writeSafetensors(file, [{ name: "a", shape: [2], chunks: once(Float32Array.of(1, 2)) }], {}, fileSystem),
};

describe("atomic files", () => {
  const directory = useTemporaryDirectory();

  for (const [name, write] of Object.entries(writers)) {
    describe(name, () => {
      const faults: Fault[] = ["open", "write", "no bytes written", "sync", "close", "rename"];
      for (const fault of faults) {
        it(`keeps the earlier file and leaves nothing behind: ${fault} fails`, async () => {
          const file = await directory.write("kept", "earlier");
          await assert.rejects(
            write(file, faultyFileSystem(fault)),
            isCdlmError("FILE_WRITE_FAILED", { file }),
          );
          assert.equal(await readFile(file, "utf8"), "earlier");
          assert.deepEqual(await directory.list(), ["kept"]);
        });
      }

      it("goes on after a short write, and where folders cannot be synced", async () => {
        await write(directory.file("plain"));
        const plain = await readFile(directory.file("plain"));
        for (const fault of ["one byte short", "folder sync"] as const) {
          await write(directory.file(fault), faultyFileSystem(fault));
          assert.deepEqual(await readFile(directory.file(fault)), plain);
        }
        assert.deepEqual(await directory.list(), ["folder sync", "one byte short", "plain"]);
      });
    });
  }

  it("keeps the earlier file when the disk fills up on the way", async () => {
    const file = await directory.write("kept", "earlier");
    const fill = async (sink: Sink) => {
      for (let k = 0; k < 10; k++) await sink.write(hello);
    };
    await assert.rejects(
      writeAtomically(file, fill, faultyFileSystem("write", "ENOSPC", 5)),
      isCdlmError("FILE_WRITE_FAILED", { received: "the disk is full (ENOSPC)" }),
    );
    assert.deepEqual(await directory.list(), ["kept"]);
    assert.equal(await readFile(file, "utf8"), "earlier");
  });

  it("fails though the writer swallows the error", async () => {
    const swallow = async (sink: Sink) => {
      await sink.write(hello).catch(() => undefined);
    };
    const file = directory.file("new");
    await assert.rejects(
      writeAtomically(file, swallow, faultyFileSystem("write")),
      isCdlmError("FILE_WRITE_FAILED"),
    );
    assert.deepEqual(await directory.list(), []);
  });

  it("passes an error of the writer on and removes what was written", async () => {
    const mine = new Error("mine");
    const stop = async (sink: Sink) => {
      await sink.write(hello);
      throw mine;
    };
    await assert.rejects(writeAtomically(directory.file("new"), stop), mine);
    assert.deepEqual(await directory.list(), []);
  });

  it("says the reason in words and what to do", async () => {
    const reasons: Record<string, RegExp> = {
      ENOSPC: /the disk is full \(ENOSPC\)\. Free some space/,
      EACCES: /no permission to write there \(EACCES\)\. Write to another place/,
      EROFS: /the file system is read-only \(EROFS\)\./,
      EWEIRD: /EWEIRD: made by the test\. Check that .* can be written to/,
    };
    for (const [code, message] of Object.entries(reasons)) {
      const write = writeJsonAtomically(directory.file("new"), 1, faultyFileSystem("open", code));
      await assert.rejects(write, { code: "FILE_WRITE_FAILED", message });
    }
  });

  it("explains a missing folder and a folder in the way", async () => {
    const missing = writeJsonAtomically(directory.file("no/such/file"), 1);
    await assert.rejects(
      missing,
      isCdlmError("FILE_WRITE_FAILED", { received: "the folder does not exist (ENOENT)" }),
    );
    await mkdir(directory.file("taken"));
    await assert.rejects(writeJsonAtomically(directory.file("taken"), 1), isCdlmError("FILE_WRITE_FAILED"));
    assert.deepEqual(await directory.list(), ["taken"]);
  });

  it("writes any number of lines piece by piece, and none of them twice", async () => {
    const lines = Array.from({ length: 10_000 }, (_, k) => `Zeile ${k}: 日本 🎵 Zoë`);
    async function* all() {
      yield* await Promise.resolve(lines);
    }
    const file = await directory.write("lines", "earlier");
    const full = writeLines(file, all(), faultyFileSystem("write", "ENOSPC", 3));
    await assert.rejects(full, isCdlmError("FILE_WRITE_FAILED"), "there are more than three pieces");
    assert.equal(await readFile(file, "utf8"), "earlier");
    await writeLines(file, all());
    assert.equal(await readFile(file, "utf8"), `${lines.join("\n")}\n`);
  });

  it("writes indented JSON with a last line feed", async () => {
    await writeJsonAtomically(directory.file("a.json"), { name: "Zoë", list: [1] });
    const text = '{\n  "name": "Zoë",\n  "list": [\n    1\n  ]\n}\n';
    assert.equal(await readFile(directory.file("a.json"), "utf8"), text);
  });
});
