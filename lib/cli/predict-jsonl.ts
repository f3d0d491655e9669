import { CdlmError } from "../errors.js";
import { parseJson } from "../files/parse-json.js";
import type { Place } from "../data/sentence.js";
import type { Line } from "../data/text-lines.js";
import type { RecognizedDocument, Recognizer } from "../recognizer.js";
import type { FormatOptions } from "./predict.js";

type TextRecord = Record<string, unknown> & { text: string };

/**
 * One line in, one record out, with the entities found in it: `entities`, `windows` and `warnings` are set, other fields
 * are passed through.
 */
export async function* recognizedRecords(
  recognizer: Recognizer,
  lines: AsyncIterable<Line>,
  options: FormatOptions,
): AsyncGenerator<TextRecord & RecognizedDocument> {
  const waiting: TextRecord[] = [];
  async function* texts(): AsyncGenerator<string> {
    const read = recordReader(options.name);
    for await (const line of lines) {
      const record = read(line);
      waiting.push(record);
      yield record.text;
    }
  }
  for await (const { text: _, ...found } of recognizer.stream(texts(), options))
    yield { ...waiting.shift()!, ...found };
}

/** The records as JSON lines. */
export async function* jsonlLines(
  recognizer: Recognizer,
  lines: AsyncIterable<Line>,
  options: FormatOptions,
): AsyncGenerator<string> {
  for await (const record of recognizedRecords(recognizer, lines, options))
    yield JSON.stringify(record) + "\n";
}

/**
 * Reads line after line: if the first one that is not blank begins with {, or the file is named .jsonl, every line must be
 * an object with a "text", whose other fields are kept; else every line is a text. A blank line is an empty text in both.
 * The function throws CdlmError DATA_INVALID with the line.
 */
export function recordReader(file: string): (line: Line) => TextRecord {
  let isJson: boolean | undefined;
  return (line) => {
    const isBlank = line.text.trim() === "";
    if (!isBlank) isJson ??= file.endsWith(".jsonl") || line.text.trimStart().startsWith("{");
    if (!isJson) return { text: line.text };
    return isBlank ? { text: "" } : parseRecord(line, file);
  };
}

function parseRecord({ text, number }: Line, file: string): TextRecord {
  const place = { file, line: number, expected: 'a JSON object with a string "text"' };
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    const received = (cause as Error).message;
    throw new CdlmError("DATA_INVALID", "the line is not JSON", { ...place, received, cause });
  }
  if (isTextRecord(value)) {
    requireExactId(value, place);
    return value;
  }
  throw new CdlmError("DATA_INVALID", "the line is no record", { ...place, received: text.slice(0, 60) });
}

/** JSON numbers of more than 53 bits would come out as others. */
function requireExactId({ id }: TextRecord, place: Place): void {
  if (typeof id !== "number" || !Number.isInteger(id) || Number.isSafeInteger(id)) return;
  const received = `a number about ${id}`;
  throw new CdlmError("DATA_INVALID", "an id with more digits than a number keeps", { ...place, expected: "a string, or an integer of at most 53 bits", received }); // prettier-ignore
}

function isTextRecord(value: unknown): value is TextRecord {
  return typeof value === "object" && value !== null && "text" in value && typeof value.text === "string";
}

/** The texts of the lines. */
export async function* textsOf(lines: AsyncIterable<Line>, file: string): AsyncGenerator<string> {
  const read = recordReader(file);
  for await (const line of lines) yield read(line).text;
}
