import { CdlmError } from "../errors.js";
import type { Prompt } from "./language-model.js";

/** A prompt as its file holds it: lines, with {{names}} where values go. */
export interface Template {
  system: readonly string[];
  user: readonly string[];
}

/**
 * Fills a template. Values are put in as they are; whatever comes from a text must go through `quoted` before.
 * A line whose only content is an empty value is left out.
 * @throws CdlmError INTERNAL for a name without a value
 */
export function fill(template: Template, values: Readonly<Record<string, string>>): Prompt {
  return { system: fillLines(template.system, values), user: fillLines(template.user, values) };
}

/** The same for lines that stand alone, such as a question's. */
export function fillLines(lines: readonly string[], values: Readonly<Record<string, string>>): string {
  return lines
    .map((line) => ({ line, filled: fillLine(line, values) }))
    .filter(({ line, filled }) => filled !== "" || line === "")
    .map(({ filled }) => filled)
    .join("\n");
}

function fillLine(line: string, values: Readonly<Record<string, string>>): string {
  return line.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    if (Object.hasOwn(values, name)) return values[name]!;
    throw new CdlmError("INTERNAL", `a prompt's template names {{${name}}}, which has no value`);
  });
}

/**
 * Foreign text as a JSON string: it can neither end its quotation nor break its line, whatever it holds. Control
 * characters come out as escapes.
 */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
