import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeColumnFile } from "../../lib/data/column-file.js";
import { firstSentences } from "../support/small-data.js";

/** A data folder in which the first sentences of some example domains stand for a source and two targets. */
export async function writeMiniData(folder: string, sentences = 12): Promise<string> {
  const data = path.join(folder, "data");
  for (const [name, domain] of Object.entries({ conll2003: "politics", music: "music", ai: "ai" })) {
    await mkdir(path.join(data, name), { recursive: true });
    for (const [split, from] of [
      ["train", "train"],
      ["dev", "dev"],
      ["test", "dev"],
    ] as const)
      // prettier-ignore
      await writeColumnFile(path.join(data, name, `${split}.txt`), await firstSentences(domain, from, sentences));
  }
  return data;
}

/** A suite that runs in seconds. */
export const miniSuite = {
  title: "Mini",
  sourceOptions: { epochs: 1 },
  domains: ["music", "ai"],
  mean: ["music", "ai"],
  seeds: [1, 2],
  options: { epochs: 1 },
  systems: ["finetune", "crf"],
};

export async function writeSuite(folder: string, suite: object, name = "mini"): Promise<string> {
  const file = path.join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(suite));
  return file;
}
