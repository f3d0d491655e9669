import { CdlmError } from "../errors.js";
import { parseJson } from "../files/parse-json.js";
import type { Line } from "../data/text-lines.js";
import type { RecognizedDocument, Recognizer } from "../recognizer.js";
import type { FormatOptions } from "./predict.js";

type TextRecord = Record<string, unknown> & { text: string };

/**
 * One line in, one record out, with the entities found in it. If the first line that is not blank begins with {, every line must be an object with
 * a "text", whose other fields are passed through; else every line is a text. A blank line is an empty text in both.
 * `entities`, `windows` and `warnings` are set.
 */
export async function* recognizedRecords(
  recognizer: Recognizer,
  lines: AsyncIterable<Line>,
  options: FormatOptions,
): AsyncGenerator<TextRecord & RecognizedDocument> {
  const waiting: TextRecord[] = [];
  async function* texts(): AsyncGenerator<string> {
    for await (const record of recordsOf(lines, options.name)) {
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

async function* recordsOf(lines: AsyncIterable<Line>, file: string): AsyncGenerator<TextRecord> {
  let isJson: boolean | undefined;
  for await (const line of lines) {
    const isBlank = line.text.trim() === "";
    if (!isBlank) isJson ??= file.endsWith(".jsonl") || line.text.trimStart().startsWith("{");
    if (!isJson) yield { text: line.text };
    else yield isBlank ? { text: "" } : parseRecord(line, file);
  }
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
  if (isTextRecord(value)) return value;
  throw new CdlmError("DATA_INVALID", "the line is no record", { ...place, received: text.slice(0, 60) });
}

function isTextRecord(value: unknown): value is TextRecord {
  return typeof value === "object" && value !== null && "text" in value && typeof value.text === "string";
}
