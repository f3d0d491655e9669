import { CdlmError } from "../errors.js";
import { parseTag } from "../text/tag-scheme.js";
import { writeLines } from "./atomic-lines.js";
import { convertToIob2, type ReadTaggedOptions, type TaggedRecord } from "./iob2-conversion.js";
import { requireWellFormed, type Place, type Sentence } from "./sentence.js";
import { readLines, type ReadOptions } from "./text-lines.js";

const documentMark = "-DOCSTART-";

/**
 * Reads a file of one token per line, as a stream of sentences. Columns are separated by TAB or, in lines without TAB,
 * by spaces; the first holds the token, the last the tag (so CoNLL's four columns are read too); every line has as many
 * columns as the first. Empty lines end sentences, -DOCSTART- lines are skipped. Tags may be IOB1, IOB2 or BIOES and
 * are given as IOB2.
 * @throws CdlmError DATA_INVALID with the line, DATA_EMPTY, FILE_NOT_FOUND, FILE_INVALID, CANCELLED
 */
export function readColumnFile(file: string, options: ReadTaggedOptions = {}): AsyncGenerator<Sentence> {
  return convertToIob2(file, readRecords(file, options), options.onScheme);
}

/**
 * Writes sentences as `token TAB tag` (IOB2), with an empty line after each. Ids, texts and extra fields have no place
 * in this format and are left out.
 * @throws CdlmError DATA_INVALID for a sentence that cannot be read back, FILE_WRITE_FAILED
 */
export async function writeColumnFile(
  file: string,
  sentences: Iterable<Sentence> | AsyncIterable<Sentence>,
): Promise<void> {
  await writeLines(file, columnLines(sentences));
}

async function* readRecords(file: string, options: ReadOptions): AsyncGenerator<TaggedRecord> {
  let words: string[] = [];
  let tags: string[] = [];
  let start = 0;
  let columns: number | undefined; // in every line as many as in the first
  for await (const { text, number } of readLines(file, options)) {
    if (text.includes("\r")) refuse("a carriage return within a line", "lines that end in LF or CRLF", text, { file, line: number }); // prettier-ignore
    const fields = splitColumns(text);
    if (fields.length === 0 || fields[0] === documentMark) {
      if (words.length > 0) yield { sentence: { words, tags }, line: start };
      [words, tags] = [[], []];
      continue;
    }
    columns ??= fields.length;
    const [word, tag] = tokenAndTag(fields, columns, text, { file, line: number });
    if (words.length === 0) start = number;
    words.push(word);
    tags.push(tag);
  }
  if (words.length > 0) yield { sentence: { words, tags }, line: start };
}

/** No columns for an empty line. White space after the last column is ignored. */
function splitColumns(text: string): string[] {
  if (/^ *$/.test(text)) return [];
  const trimmed = text.replace(/[ \t]+$/, "");
  return text.includes("\t") ? trimmed.split("\t") : trimmed.split(/ +/);
}

function refuse(message: string, expected: string, text: string, place: Place): never {
  const received = JSON.stringify(text.slice(0, 200));
  throw new CdlmError("DATA_INVALID", message, { ...place, expected, received });
}

function tokenAndTag(fields: string[], columns: number, text: string, place: Place): [string, string] {
  const word = fields[0]!;
  if (/^ *$/.test(word)) refuse("an empty token", "a token before the separator", text, place);
  if (fields.length < 2) refuse("one column", "a token and a tag, separated by TAB or spaces", text, place);
  if (fields.length !== columns)
    refuse(`${fields.length} columns`, `${columns} columns, as in the first line`, text, place);
  const tag = fields.at(-1)!;
  parseTag(tag, place);
  return [word, tag];
}

async function* columnLines(sentences: Iterable<Sentence> | AsyncIterable<Sentence>): AsyncGenerator<string> {
  for await (const sentence of sentences) {
    requireWellFormed(sentence);
    for (const [index, word] of sentence.words.entries()) {
      requireWritable(word);
      parseTag(sentence.tags[index]!);
      yield `${word}\t${sentence.tags[index]!}`;
    }
    yield "";
  }
}

/** Refuses what would be read back as something else: separators, marks, and halves of a surrogate pair. */
function requireWritable(word: string): void {
  if (word !== documentMark && !/^ *$|[\t\n\r\uFEFF]|\p{Surrogate}/u.test(word)) return;
  throw new CdlmError("DATA_INVALID", "the word cannot be written to a column file", {
    expected: `a word without TAB, line end, byte order mark or lone surrogate, not blank and not ${documentMark}`,
    received: JSON.stringify(word),
    hint: "Write JSONL instead",
  });
}
