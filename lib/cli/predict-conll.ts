import type { Line } from "../data/text-lines.js";
import type { Recognizer } from "../recognizer.js";
import { splitWords } from "../text/word-split.js";
import type { FormatOptions } from "./predict.js";

const batchSentences = 256;

/**
 * `token TAB tag`, an empty line after each sentence. Input is a column file (its first column is the token) if its
 * first line has a tab, and else one text a line.
 */
export async function* conllLines(
  recognizer: Recognizer,
  lines: AsyncIterable<Line>,
  { signal }: FormatOptions,
) {
  let batch: string[][] = [];
  for await (const words of sentencesOf(lines)) {
    if (batch.push(words) < batchSentences) continue;
    yield* tagged(recognizer, batch, signal);
    batch = [];
  }
  yield* tagged(recognizer, batch, signal);
}

async function* sentencesOf(lines: AsyncIterable<Line>): AsyncGenerator<string[]> {
  let columns: boolean | undefined;
  let sentence: string[] = [];
  for await (const { text } of lines) {
    columns ??= text.includes("\t");
    if (!columns) yield splitWords(text).map((word) => word.text);
    else if (text.trim() !== "") sentence.push(text.split("\t")[0]!);
    else if (sentence.length > 0) {
      yield sentence;
      sentence = [];
    }
  }
  if (sentence.length > 0) yield sentence;
}

async function* tagged(recognizer: Recognizer, sentences: readonly string[][], signal: AbortSignal) {
  const results = await recognizer.tagWords(sentences, { signal });
  for (const [k, { tags }] of results.entries())
    yield sentences[k]!.map((word, j) => `${word}\t${tags[j]!}\n`).join("") + "\n";
}
