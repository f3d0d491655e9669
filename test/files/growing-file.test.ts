import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { writeGrowing } from "../../lib/files/growing-file.js";
import { isCdlmError } from "../data/expect-error.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";

describe("growing files", () => {
  const directory = useTemporaryDirectory();
  const { file } = directory;

  /** Lines, with what is to be done after each has been taken. */
  async function* lines(after: (k: number) => unknown = () => undefined) {
    for (let k = 0; k < 3; k++) {
      yield `Zeile ${k} 🎵`;
      await after(k);
    }
  }
  const upTo = (count: number) => Array.from({ length: count }, (_, k) => `Zeile ${k} 🎵\n`).join("");

  it("have each line at once in FILE.part, and their name when all are there", async () => {
    await directory.write("out", "earlier");
    await directory.write("out.part", "of a run before");
    const check = async (k: number) => {
      assert.equal(await readFile(file("out.part"), "utf8"), upTo(k + 1));
      assert.equal(await readFile(file("out"), "utf8"), "earlier");
    };
    await writeGrowing(file("out"), lines(check));
    assert.equal(await readFile(file("out"), "utf8"), upTo(3));
    assert.deepEqual(await directory.list(), ["out"]);
  });

  it("keep the lines before an error of their source, which passes through", async () => {
    const broken = new Error("broken");
    const source = lines((k) => (k === 1 ? Promise.reject(broken) : undefined));
    await assert.rejects(writeGrowing(file("out"), source), (error) => error === broken);
    assert.equal(await readFile(file("out.part"), "utf8"), upTo(2));
    assert.deepEqual(await directory.list(), ["out.part"]);
  });

  const obstacles: [what: string, path: string, make: () => Promise<unknown>][] = [
    ["their folder is missing", "none/out", () => Promise.resolve()],
    ["a folder is in the way of FILE.part", "out", () => mkdir(file("out.part"))],
    ["a folder is in the way of FILE", "out", () => mkdir(file("out"))],
  ];
  for (const [what, path, make] of obstacles)
    it(`say that they cannot be written where ${what}`, async () => {
      await make();
      const failure = isCdlmError("FILE_WRITE_FAILED", { file: file(path) });
      await assert.rejects(writeGrowing(file(path), lines()), failure);
    });

  it("say that the disk is full", async function () {
    if (!existsSync("/dev/full")) return this.skip();
    await symlink("/dev/full", file("out.part"));
    const failure = { file: file("out"), received: "the disk is full (ENOSPC)" };
    await assert.rejects(writeGrowing(file("out"), lines()), isCdlmError("FILE_WRITE_FAILED", failure));
  });
});
