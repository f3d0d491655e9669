import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readColumnFile, writeColumnFile } from "../../lib/data/column-file.js";
import { loadDataset, type Dataset } from "../../lib/data/dataset.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { SafetensorsFile } from "../../lib/files/safetensors.js";
import { packageRoot } from "../../lib/native/load.js";

/** The first sentences of an example domain. */
export async function firstSentences(
  domain: string,
  split: "train" | "dev",
  count: number,
): Promise<Sentence[]> {
  const sentences: Sentence[] = [];
  for await (const sentence of readColumnFile(
    path.join(packageRoot, `examples/data/${domain}/${split}.txt`),
  )) {
    sentences.push(sentence);
    if (sentences.length === count) break;
  }
  return sentences;
}

/** Writes the first sentences of a domain as a data folder. */
export async function writeSmallData(folder: string, domain: string, sizes: { train: number; dev: number }) {
  await mkdir(folder, { recursive: true });
  for (const split of ["train", "dev"] as const) {
    const sentences = await firstSentences(domain, split, sizes[split]);
    await writeColumnFile(path.join(folder, `${split}.txt`), sentences);
  }
}

/** A data set of the first sentences of a domain. */
export async function smallData(domain: string, sizes: { train: number; dev: number }): Promise<Dataset> {
  await using folder = await temporaryFolder();
  await writeSmallData(folder.path, domain, sizes);
  return await loadDataset(folder.path); // before the folder goes
}

/** A folder that goes with the variable that holds it. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), "cdlm-test-"));
  return {
    path: folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

export const weightsOf = (folder: string): Promise<Buffer> =>
  readFile(path.join(folder, "model.safetensors"));

/** The tensors of a model's file, by name. */
export async function tensorsOf(folder: string): Promise<Map<string, number[]>> {
  await using file = await SafetensorsFile.open(path.join(folder, "model.safetensors"));
  const tensors = new Map<string, number[]>();
  for (const name of file.tensors.keys()) {
    const values: number[] = [];
    for await (const { data } of file.chunks(name))
      values.push(...new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4));
    tensors.set(name, values);
  }
  return tensors;
}
