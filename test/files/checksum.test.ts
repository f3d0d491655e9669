import assert from "node:assert/strict";
import { checksumOf } from "../../lib/files/checksum.js";
import { isCdlmError } from "../data/expect-error.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { sha256 } from "../hub/fake-network.js";

describe("checksums of files", () => {
  const directory = useTemporaryDirectory();

  it("are those of all their bytes", async () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, k) => (k * k) % 251);
    assert.equal(await checksumOf(await directory.write("a", bytes)), sha256(bytes));
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert.equal(await checksumOf(await directory.write("empty", "")), empty);
  });

  it("tell a file that is missing from one that cannot be read", async () => {
    const [missing, folder] = [directory.file("none"), directory.file(".")];
    await assert.rejects(checksumOf(missing), isCdlmError("FILE_NOT_FOUND", { file: missing }));
    await assert.rejects(checksumOf(folder), isCdlmError("FILE_INVALID", { file: folder }));
  });
});
