import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { train, type TrainingOptionsInput } from "../../lib/index.js";
import { packageRoot } from "../../lib/native/load.js";
import { byHeart } from "../model/learnt-model.js";

export const tinyEncoder = path.join(packageRoot, "test/golden/tiny-bert");

let folder: Promise<string> | undefined;
const temporaryFolder = () => (folder ??= mkdtemp(path.join(tmpdir(), "cdlm-tiny-")));

after(async () => {
  if (folder) await rm(await folder, { recursive: true, force: true });
});

/** A data folder with the first sentences of an example domain; those of its dev.txt are from the split `dev`. */
export async function tinyData(domain: string, sentences = 12, dev = "dev"): Promise<string> {
  const target = path.join(await temporaryFolder(), `${domain}-${sentences}-${dev}`);
  await mkdir(target, { recursive: true });
  for (const [name, split] of Object.entries({ train: "train", dev })) {
    const whole = await readFile(path.join(packageRoot, `examples/data/${domain}/${split}.txt`), "utf8");
    await writeFile(path.join(target, `${name}.txt`), whole.split("\n\n").slice(0, sentences).join("\n\n") + "\n"); // prettier-ignore
  }
  return target;
}

async function trained(name: string, options: TrainingOptionsInput): Promise<string> {
  const out = path.join(await temporaryFolder(), name);
  const data = await tinyData("politics");
  await train({ encoder: tinyEncoder, data, out, options, device: { device: "auto", threads: 1 } });
  return out;
}

let [tiny, learnt]: (Promise<string> | undefined)[] = [];

/** A model that was trained for a moment: it knows the types of politics, but not how to find them. */
export const tinyModel = (): Promise<string> => (tiny ??= trained("model", { epochs: 1 }));

/** A model that knows the training sentences of `tinyData("politics")` by heart. */
export const learntModel = (): Promise<string> => (learnt ??= trained("learnt", byHeart));
