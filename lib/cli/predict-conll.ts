import { streamBatches } from "../data/stream-batches.js";
import type { Line } from "../data/text-lines.js";
import type { Recognizer } from "../recognizer.js";
import { splitWords } from "../text/word-split.js";
import type { FormatOptions } from "./predict.js";

/**
 * `token TAB tag`, an empty line after each sentence. Input is a column file (its first column is the token) if its
 * first line that is not blank has a tab, and else one text a line.
 */
export async function* conllLines(
  recognizer: Recognizer,
  lines: AsyncIterable<Line>,
  { signal, batchPieces }: FormatOptions,
) {
  const sizeOf = (words: readonly string[]) => words.length;
  for await (const sentences of streamBatches(sentencesOf(lines), sizeOf, batchPieces)) {
    const results = await recognizer.tagWords(sentences, { signal });
    for (const [k, { tags }] of results.entries())
      yield sentences[k]!.map((word, j) => `${word}\t${tags[j]!}\n`).join("") + "\n";
  }
}

async function* sentencesOf(lines: AsyncIterable<Line>): AsyncGenerator<string[]> {
  let hasColumns: boolean | undefined;
  let sentence: string[] = [];
  for await (const { text } of lines) {
    const isBlank = text.trim() === "";
    if (!isBlank) hasColumns ??= text.includes("\t");
    if (!hasColumns) yield splitWords(text).map((word) => word.text);
    else if (isBlank) {
      if (sentence.length > 0) yield sentence;
      sentence = [];
    } else if (!text.startsWith("-DOCSTART-")) sentence.push(text.split("\t")[0]!);
  }
  if (sentence.length > 0) yield sentence;
}
