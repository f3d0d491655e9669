import { CdlmError } from "../errors.js";
import type { Line } from "../data/text-lines.js";
import type { Recognizer } from "../recognizer.js";
import type { FormatOptions } from "./predict.js";

/**
 * One JSON line in, one out. Objects with a "text" keep all their fields; `entities`, `windows` and `warnings` are set.
 * Lines that do not begin with { are taken as plain text.
 */
export async function* jsonlLines(
  recognizer: Recognizer,
  lines: AsyncIterable<Line>,
  options: FormatOptions,
) {
  const waiting: Record<string, unknown>[] = [];
  async function* texts(): AsyncGenerator<string> {
    for await (const line of lines) {
      const record = recordOf(line, options.name);
      waiting.push(record);
      yield record.text;
    }
  }
  for await (const { text: _, ...found } of recognizer.stream(texts(), options))
    yield JSON.stringify({ ...waiting.shift(), ...found }) + "\n";
}

function recordOf({ text, number }: Line, file: string): Record<string, unknown> & { text: string } {
  if (!text.trimStart().startsWith("{")) return { text };
  const place = { file, line: number, expected: 'a JSON object with a string "text"' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CdlmError("DATA_INVALID", "not a JSON object", {
      ...place,
      received: (cause as Error).message,
      cause,
    });
  }
  const record = value as Record<string, unknown>;
  if (typeof record.text === "string") return { ...record, text: record.text };
  throw new CdlmError("DATA_INVALID", "an object without a text", { ...place, received: text.slice(0, 60) });
}
