import type { RecognizedDocument } from "../recognizer.js";
import { coloursOf, type TypeColours } from "./type-colours.js";

/**
 * A text with its entities marked: `[text](type)`, or on a background of the type's colour where colours are given (for
 * terminals).
 */
export function annotated(
  { text, entities }: Pick<RecognizedDocument, "text" | "entities">,
  colours?: TypeColours,
): string {
  let result = "";
  let at = 0;
  for (const { start, end, type } of entities) {
    const mention = text.slice(start, end);
    const marked = colours ? coloured(mention, type, colours) : `[${mention}](${type})`;
    result += text.slice(at, start) + marked;
    at = end;
  }
  return result + text.slice(at);
}

/** The colours of a model's types where stdout is a terminal that may have them (no-color.org). */
export function terminalColours(types: readonly string[]): TypeColours | undefined {
  return process.stdout.isTTY && !process.env.NO_COLOR ? coloursOf(types) : undefined;
}

/** A mention on a background of its type's colour, with the type. */
export function coloured(mention: string, type: string, colours: TypeColours): string {
  const [r, g, b] = colours(type).rgb;
  return `\u001b[30;48;2;${r};${g};${b}m ${mention} \u001b[2m${type} \u001b[0m`;
}
