import type { RecognizedDocument } from "../recognizer.js";
import { colourOf } from "./type-colours.js";

/** A text with its entities marked: coloured on a terminal, `[text](type)` elsewhere. */
export function annotated({ text, entities }: RecognizedDocument, colour: boolean): string {
  let result = "";
  let at = 0;
  for (const { start, end, type } of entities) {
    const mention = text.slice(start, end);
    const [r, g, b] = colourOf(type).rgb;
    const marked = colour
      ? `\u001b[1;38;2;${r};${g};${b}m${mention}\u001b[0m\u001b[2m ${type}\u001b[0m`
      : `[${mention}](${type})`;
    result += text.slice(at, start) + marked;
    at = end;
  }
  return result + text.slice(at);
}
