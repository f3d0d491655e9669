import { createHash } from "node:crypto";
import path from "node:path";
import { writeColumnFile } from "./data/column-file.js";
import { loadDataset, trainingTypes } from "./data/dataset.js";
import type { Sentence } from "./data/sentence.js";
import { readLines } from "./data/text-lines.js";
import { CdlmError } from "./errors.js";
import { writeJsonAtomically } from "./files/atomic-file.js";
import { makeFolder } from "./files/make-folder.js";
import { chosenExamples } from "./in-context.js";
import { agreementOf, labelSentences, type Labelled } from "./llm/labelling.js";
import type { LanguageModel } from "./llm/language-model.js";
import { Recognizer } from "./recognizer.js";
import { splitWords } from "./text/word-split.js";
import { version } from "./version.js";

export interface LabelDataRequest {
  llm: LanguageModel;
  /** Folder of the domain's labelled data: its types, and the examples in the prompt. */
  data: string;
  /** File of raw sentences, one a line. */
  input: string;
  /** Folder that `train.txt` and `provenance.json` are written to. */
  out: string;
  /** Labelled sentences in the prompt. */
  examples?: number;
  /** Of their choice. */
  seed?: number;
  /** What the texts are about. */
  domain?: string;
  /** Folder of a recogniser of the domain that must agree with the labels. */
  model?: string;
  /** Least F1 between its mentions and the labels, 0 … 1. */
  agreement?: number;
  signal?: AbortSignal;
  /** Sentences labelled, and in all. */
  onProgress?: (done: number, total: number) => void;
}

export interface LabelReport {
  sentences: number;
  /** Sentences that were written: of those that were answered the ones that the recogniser agrees with, or all. */
  kept: number;
  /** Sentences without a valid answer. */
  unanswered: number;
  entities: number;
  /** Entities that the language model named and that are not in the text. */
  outside: number;
  invalidAnswers: number;
  seconds: number;
}

/**
 * Labels raw sentences of a domain with a language model, for `adapt`'s `extraData`. Nothing is written before the end.
 * @throws CdlmError INVALID_OPTION, DATA_*, FILE_*, LABEL_MISMATCH where the recogniser has other types; whatever the
 * language model throws
 */
export async function labelData(request: LabelDataRequest): Promise<LabelReport> {
  const { llm, out, domain, model, examples = 5, seed = 1, agreement = 0.5, signal, onProgress } = request;
  if (!(agreement >= 0 && agreement <= 1)) throw new CdlmError("INVALID_OPTION", "agreement is out of range", { expected: "0 to 1", received: String(agreement) }); // prettier-ignore
  const started = performance.now();
  const data = await loadDataset(request.data, signal ? { signal } : {});
  await makeFolder(out);
  const { raw, sha256 } = await rawSentences(request.input, signal);
  const types = trainingTypes(data);
  const shown = chosenExamples(data.train, examples, seed);
  await using recognizer = model === undefined ? undefined : await Recognizer.load(model);
  if (recognizer) requireSameTypes(recognizer.types, types);
  const labelling = labelSentences(raw, { llm, types, examples: shown, signal, ...(domain === undefined ? {} : { domain }) }); // prettier-ignore
  const labelled: Labelled[] = [];
  for await (const one of labelling) {
    labelled.push(one);
    onProgress?.(labelled.length, raw.length);
  }
  const answered = labelled.filter((one) => one.answered).map(({ sentence }) => sentence);
  const kept = await agreed(answered, recognizer, { agreement, signal });
  const sum = (count: (one: Labelled) => number) => labelled.reduce((total, one) => total + count(one), 0);
  const report: LabelReport = {
    sentences: raw.length,
    kept: kept.length,
    unanswered: raw.length - answered.length,
    entities: kept.reduce((total, { tags }) => total + tags.filter((tag) => tag.startsWith("B-")).length, 0),
    outside: sum(({ outside }) => outside),
    invalidAnswers: sum(({ invalidAnswers }) => invalidAnswers),
    seconds: (performance.now() - started) / 1000,
  };
  if (kept.length === 0) throw nothingLeft(report);
  await writeColumnFile(path.join(out, "train.txt"), kept);
  await writeJsonAtomically(path.join(out, "provenance.json"), {
    version,
    llm: { name: llm.name, identity: llm.identity },
    data: request.data,
    input: { file: request.input, sha256 },
    options: { examples, seed, agreement, domain, model },
    report,
    created: new Date().toISOString(),
  });
  return report;
}

/** Read once, for the file may be a pipe. */
async function rawSentences(file: string, signal?: AbortSignal) {
  const hash = createHash("sha256");
  const raw: string[][] = [];
  for await (const { text } of readLines(file, { signal, onBytes: (bytes) => hash.update(bytes) })) {
    const words = splitWords(text).map((word) => word.text);
    if (words.length > 0) raw.push(words);
  }
  if (raw.length === 0) throw new CdlmError("DATA_EMPTY", "there is no sentence to label", { file });
  return { raw, sha256: hash.digest("hex") };
}

async function agreed(
  sentences: readonly Sentence[],
  recognizer: Recognizer | undefined,
  { agreement, signal }: { agreement: number; signal: AbortSignal | undefined },
): Promise<Sentence[]> {
  if (!recognizer) return [...sentences];
  const own = await recognizer.tagWords(sentences.map(({ words }) => words), signal ? { signal } : {}); // prettier-ignore
  return sentences.filter(({ tags }, k) => agreementOf(tags, own[k]!.tags) >= agreement);
}

function requireSameTypes(own: readonly string[], wanted: readonly string[]): void {
  if (own.join() === wanted.join()) return;
  throw new CdlmError("LABEL_MISMATCH", "the recogniser has other types than the data", {
    expected: wanted.join(", "),
    received: own.join(", "),
    hint: "Adapt one to the labelled sentences first",
  });
}

function nothingLeft({ sentences, unanswered, outside }: LabelReport): CdlmError {
  const message =
    "no sentence is left: none was answered in a way that the recogniser, if there is one, agrees with";
  return new CdlmError("DATA_EMPTY", message, {
    received: `${sentences} sentences, ${unanswered} without a valid answer, ${outside} named entities outside the text`,
    hint: "Lower the agreement, show more examples, or take a larger language model",
  });
}
