import { createHash } from "node:crypto";
import { access } from "node:fs/promises";
import { extname, join } from "node:path";
import { CdlmError } from "../errors.js";
import type { TagScheme } from "../text/tag-scheme.js";
import { TagSet } from "../text/tag-set.js";
import { Random } from "./random.js";
import type { Sentence } from "./sentence.js";

export const splitNames = ["train", "dev", "test"] as const;
export type SplitName = (typeof splitNames)[number];

export interface Dataset {
  directory: string;
  train: Sentence[];
  /** Undefined where the data set has none; `cutDev` makes one. */
  dev: Sentence[] | undefined;
  test: Sentence[] | undefined;
  /** Entity types of all splits, sorted, each once. */
  types: readonly string[];
  /** Where each split came from, for the provenance of a model. */
  files: Partial<Record<SplitName, DataFile>>;
}

export interface DataFile {
  file: string;
  /** Of the file's bytes, 64 hexadecimal digits. */
  sha256: string;
  /** The scheme in which its tags were written; here they are IOB2. */
  scheme: TagScheme;
  sentences: number;
  words: number;
}

/** A data file read whole. */
export interface LoadedFile extends DataFile {
  content: Sentence[];
}

/** Checksums of a data set's files, by split. */
export const checksumsOf = ({ files }: Pick<Dataset, "files">): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([split, { sha256 }]) => [split, sha256]));

/**
 * Loads `train`, `dev` and `test` of a directory, each as `.txt` (columns) or `.jsonl`. Only `train` is required.
 * @throws CdlmError FILE_NOT_FOUND without train, FILE_INVALID where a split has two files, else as `loadSentences`
 */
export async function loadDataset(
  directory: string,
  options: { signal?: AbortSignal } = {},
): Promise<Dataset> {
  const splits: Partial<Record<SplitName, Sentence[]>> = {};
  const files: Dataset["files"] = {};
  for (const name of splitNames) {
    const file = await findSplit(directory, name);
    if (file === undefined) continue;
    const { content, ...source } = await loadSentences(file, options);
    splits[name] = content;
    files[name] = source;
  }
  const { train, dev, test } = splits;
  if (train === undefined) {
    const details = { expected: "train.txt or train.jsonl", file: directory };
    throw new CdlmError("FILE_NOT_FOUND", "no training data in this directory", details);
  }
  const all = [train, dev ?? [], test ?? []].flat();
  return { directory, train, dev, test, types: TagSet.of(all.map(({ tags }) => tags)).types, files };
}

/** Entity types that a model may know: of train and dev, sorted. */
export const trainingTypes = ({ train, dev = [] }: Pick<Dataset, "train" | "dev">): readonly string[] =>
  TagSet.of([...train, ...dev].map(({ tags }) => tags)).types;

/**
 * Loads one data file: `.jsonl` as JSONL, anything else as columns.
 * @throws CdlmError DATA_INVALID with the line, DATA_EMPTY, FILE_NOT_FOUND, FILE_INVALID, CANCELLED
 */
export async function loadSentences(
  file: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<LoadedFile> {
  const read =
    extname(file) === ".jsonl"
      ? (await import("./jsonl-file.js")).readJsonlFile
      : (await import("./column-file.js")).readColumnFile;
  const hash = createHash("sha256");
  let scheme: TagScheme = "IOB2";
  const sentences = read(file, {
    signal,
    onBytes: (bytes) => hash.update(bytes),
    onScheme: (found) => (scheme = found),
  });
  const content: Sentence[] = [];
  let words = 0;
  const one = sharing();
  for await (const sentence of sentences) {
    content.push({ ...sentence, words: sentence.words.map(one), tags: sentence.tags.map(one) });
    words += sentence.words.length;
  }
  return { file, sha256: hash.digest("hex"), scheme, sentences: content.length, words, content };
}

/** Keeps one of all equal strings: a corpus repeats its words and tags, and readers cut each of them from its line. */
function sharing(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const first = known.get(text);
    if (first === undefined) known.set(text, text);
    return first ?? text;
  };
}

/**
 * Cuts a dev split from training data, for data sets without one. Both parts keep their order.
 * @param share of the sentences that go to dev, above 0 and below 1; each part gets at least one sentence
 * @throws CdlmError INVALID_OPTION for another share, DATA_EMPTY for fewer than two sentences
 */
export function cutDev(
  train: readonly Sentence[],
  share: number,
  seed: number,
): { train: Sentence[]; dev: Sentence[] } {
  if (!(share > 0 && share < 1)) {
    const details = { expected: "a number above 0 and below 1", received: `${share}` };
    throw new CdlmError("INVALID_OPTION", "wrong share for the dev split", details);
  }
  if (train.length < 2) {
    const details = { expected: "at least 2 sentences", received: `${train.length}` };
    throw new CdlmError("DATA_EMPTY", "too few sentences to cut a dev split from", details);
  }
  const size = Math.min(train.length - 1, Math.max(1, Math.round(share * train.length)));
  const order = Random.of(seed, "cut-dev").shuffle([...train.keys()]);
  const chosen = new Set(order.slice(0, size));
  return {
    train: train.filter((_, index) => !chosen.has(index)),
    dev: train.filter((_, index) => chosen.has(index)),
  };
}

async function findSplit(directory: string, name: SplitName): Promise<string | undefined> {
  const candidates = [`${name}.txt`, `${name}.jsonl`].map((file) => join(directory, file));
  const present = await Promise.all(candidates.map(isPresent));
  const found = candidates.filter((_, index) => present[index]);
  if (found.length < 2) return found[0];
  throw new CdlmError("FILE_INVALID", `two files for the split "${name}"`, {
    file: directory,
    expected: `${name}.txt or ${name}.jsonl`,
    received: "both",
  });
}

async function isPresent(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
