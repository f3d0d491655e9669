import { streamBatches } from "../data/stream-batches.js";
import type { Line } from "../data/text-lines.js";
import type { Recognizer } from "../recognizer.js";
import { splitWords } from "../text/word-split.js";
import { recordReader } from "./predict-jsonl.js";
import type { FormatOptions } from "./predict.js";

/** `token TAB tag`, an empty line after each sentence. */
export async function* conllLines(
  recognizer: Recognizer,
  lines: AsyncIterable<Line>,
  { name, signal, batchPieces }: FormatOptions,
) {
  const sizeOf = (words: readonly string[]) => words.length + 1;
  for await (const sentences of streamBatches(sentencesOf(lines, name), sizeOf, batchPieces)) {
    const results = await recognizer.tagWords(sentences, { signal });
    for (const [k, { tags }] of results.entries())
      yield sentences[k]!.map((word, j) => `${word}\t${tags[j]!}\n`).join("") + "\n";
  }
}

/**
 * Of a column file the words of its first column, of texts their own. It is a column file if its first line that is not
 * blank has tabs and no blanks.
 */
async function* sentencesOf(lines: AsyncIterable<Line>, file: string): AsyncGenerator<string[]> {
  const read = recordReader(file);
  let hasColumns: boolean | undefined;
  let sentence: string[] = [];
  for await (const line of lines) {
    const isBlank = line.text.trim() === "";
    if (!isBlank) hasColumns ??= line.text.includes("\t") && !line.text.includes(" ");
    if (!hasColumns) yield splitWords(read(line).text).map(({ text }) => text);
    else if (isBlank) {
      if (sentence.length > 0) yield sentence;
      sentence = [];
    } else if (!line.text.startsWith("-DOCSTART-")) sentence.push(line.text.split("\t")[0]!);
  }
  if (sentence.length > 0) yield sentence;
}
