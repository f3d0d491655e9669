import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { train } from "../../lib/index.js";
import { packageRoot } from "../../lib/native/load.js";

export const tinyEncoder = path.join(packageRoot, "test/golden/tiny-bert");

let folder: Promise<string> | undefined;
const temporaryFolder = () => (folder ??= mkdtemp(path.join(tmpdir(), "cdlm-tiny-")));

after(async () => {
  if (folder) await rm(await folder, { recursive: true, force: true });
});

/** A data folder with the first sentences of an example domain. */
export async function tinyData(domain: string, sentences = 12): Promise<string> {
  const target = path.join(await temporaryFolder(), `${domain}-${sentences}`);
  await mkdir(target, { recursive: true });
  for (const split of ["train.txt", "dev.txt"]) {
    const whole = await readFile(path.join(packageRoot, "examples/data", domain, split), "utf8");
    await writeFile(path.join(target, split), whole.split("\n\n").slice(0, sentences).join("\n\n") + "\n");
  }
  return target;
}

let model: Promise<string> | undefined;

/** A model that was trained for a moment: it knows the types of politics, but not how to find them. */
export function tinyModel(): Promise<string> {
  return (model ??= (async () => {
    const out = path.join(await temporaryFolder(), "model");
    const data = await tinyData("politics");
    await train({
      encoder: tinyEncoder,
      data,
      out,
      options: { epochs: 1 },
      device: { device: "auto", threads: 1 },
    });
    return out;
  })());
}
