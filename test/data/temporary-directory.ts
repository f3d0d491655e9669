import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty directory for each test of the `describe` that calls this, removed afterwards. */
export function useTemporaryDirectory() {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "cdlm-test-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  const file = (name: string) => join(directory, name);
  return {
    file,
    async write(name: string, content: string | Uint8Array): Promise<string> {
      await writeFile(file(name), content);
      return file(name);
    },
    async list(): Promise<string[]> {
      return (await readdir(directory)).sort();
    },
  };
}
