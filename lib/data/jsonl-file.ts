import { z } from "zod";
import { CdlmError } from "../errors.js";
import { parseJson } from "../files/parse-json.js";
import { writeLines } from "./atomic-lines.js";
import { entitiesOf, tagText } from "./entity-words.js";
import { convertToIob2, type ReadTaggedOptions, type TaggedRecord } from "./iob2-conversion.js";
import { requireWellFormed, type Place, type Sentence } from "./sentence.js";
import { readLines, type ReadOptions } from "./text-lines.js";

const id = z.union([z.string(), z.number()]).optional();
const entity = z.object({
  start: z.int(),
  end: z.int(),
  type: z.string().regex(/^\S+$/, "expected a type without white space"),
  text: z.string().optional(),
});
const textRecord = z.object({ id, text: z.string(), entities: z.array(entity) });
const tokenRecord = z.object({ id, tokens: z.array(z.string()), tags: z.array(z.string()) });

/**
 * Reads JSONL as a stream of sentences, one record a line, blank lines skipped. A record is either
 * `{"text", "entities": [{"start", "end", "type"}]}` with offsets in UTF-16 code units, or `{"tokens", "tags"}` with
 * IOB1, IOB2 or BIOES tags, given as IOB2. `id` and all other fields of the record are kept; further fields of an
 * entity are not (but its `text` is checked).
 * @throws CdlmError DATA_INVALID with the line, DATA_EMPTY, FILE_NOT_FOUND, FILE_INVALID, CANCELLED
 */
export function readJsonlFile(file: string, options: ReadTaggedOptions = {}): AsyncGenerator<Sentence> {
  return convertToIob2(file, readRecords(file, options), options.onScheme);
}

/**
 * Writes one record a line: sentences with their text as `{"text", "entities"}`, others as `{"tokens", "tags"}`, with
 * id and extra fields.
 * @throws CdlmError DATA_INVALID for a sentence whose parts do not belong together, FILE_WRITE_FAILED
 */
export async function writeJsonlFile(
  file: string,
  sentences: Iterable<Sentence> | AsyncIterable<Sentence>,
): Promise<void> {
  await writeLines(file, jsonLines(sentences));
}

async function* readRecords(file: string, options: ReadOptions): AsyncGenerator<TaggedRecord> {
  for await (const { text, number } of readLines(file, options)) {
    if (text.trim() === "") continue;
    yield { sentence: parseRecord(text, { file, line: number }), line: number };
  }
}

function parseRecord(line: string, place: Place): Sentence {
  const record = parseObject(line, place);
  if ("tokens" in record) {
    const { id, tokens, tags } = check(tokenRecord, record, place);
    return complete({ words: tokens, tags }, id, without(record, ["id", "tokens", "tags"]));
  }
  const { id, text, entities } = check(textRecord, record, place);
  return complete(tagText(text, entities, place), id, without(record, ["id", "text", "entities"]));
}

function complete(
  sentence: Sentence,
  id: string | number | undefined,
  extra: Record<string, unknown>,
): Sentence {
  return {
    ...sentence,
    ...(id === undefined ? {} : { id }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function parseObject(line: string, place: Place): Record<string, unknown> {
  const expected = 'a JSON object with "text" and "entities", or with "tokens" and "tags"';
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (cause) {
    const received = (cause as Error).message;
    throw new CdlmError("DATA_INVALID", "the line is not JSON", { ...place, expected, received, cause });
  }
  if (isObject(value) && ("text" in value || "tokens" in value)) return value;
  const received = isObject(value) ? `the keys ${JSON.stringify(Object.keys(value))}` : line.slice(0, 80);
  throw new CdlmError("DATA_INVALID", "the line is no record", { ...place, expected, received });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check<T>(schema: z.ZodType<T>, record: unknown, place: Place): T {
  const parsed = schema.safeParse(record);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new CdlmError("DATA_INVALID", `the record has a wrong field; ${problems.join("; ")}`, place);
}

function without(record: Record<string, unknown>, known: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !known.includes(key)));
}

async function* jsonLines(sentences: Iterable<Sentence> | AsyncIterable<Sentence>): AsyncGenerator<string> {
  for await (const sentence of sentences) {
    requireWellFormed(sentence);
    const content = contentOf(sentence);
    const extra = without(sentence.extra ?? {}, ["id", "tokens", ...Object.keys(content)]);
    const { id } = sentence;
    yield JSON.stringify({ ...(id === undefined ? {} : { id }), ...content, ...extra });
  }
}

function contentOf(sentence: Sentence): Record<string, unknown> {
  const { words, tags, text } = sentence;
  return text === undefined ? { tokens: words, tags } : { text, entities: entitiesOf(sentence) };
}
