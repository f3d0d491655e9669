import type { RecognizedDocument } from "../recognizer.js";
import { colourOf } from "./type-colours.js";

const style = `
:root { color-scheme: light; font: 16px/1.9 system-ui, sans-serif; color: #1d2129; background: #f6f7f9; }
body { max-width: 52rem; margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.3rem; margin: 0 0 .4rem; }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem .6rem; padding: 0; margin: 0 0 1.6rem; font-size: .8rem; }
ul.legend li { padding: .05rem .6rem; border-radius: 1rem; border: 1px solid #0003; }
p.text { background: #fff; border: 1px solid #dfe2e7; border-radius: .5rem; padding: .8rem 1rem; margin: .8rem 0; white-space: pre-wrap; }
mark { color: inherit; padding: .1rem .35rem; border-radius: .35rem; border: 1px solid #0004; white-space: nowrap; }
mark small { font-size: .68rem; font-weight: 600; margin-left: .4rem; color: #000b; }
p.warning { font-size: .8rem; color: #8a4b00; margin: -.4rem 0 .8rem; }
`;

/** A self-contained HTML page of documents with their entities, in pieces, so that a stream of any length fits. */
export async function* entityPage(
  title: string,
  types: readonly string[],
  documents: AsyncIterable<RecognizedDocument>,
): AsyncGenerator<string> {
  const legend = types
    .map((type) => `<li style="background:${background(type, 1)}">${escape(type)}</li>`)
    .join("");
  yield `<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${style}</style>\n<h1>${escape(title)}</h1>
<ul class="legend">${legend}</ul>\n`;
  for await (const document of documents) yield paragraph(document);
  yield "</html>\n";
}

function paragraph({ text, entities, warnings }: RecognizedDocument): string {
  let html = "";
  let at = 0;
  for (const { start, end, type, confidence } of entities) {
    const percent = Math.round(100 * confidence);
    const label = `${escape(type)} ${percent}%`;
    html += `${escape(text.slice(at, start))}<mark style="background:${background(type, confidence)}" title="${label}">`;
    html += `${escape(text.slice(start, end))}<small>${label}</small></mark>`;
    at = end;
  }
  const notes = warnings.map((warning) => `<p class="warning">${escape(warning)}</p>\n`).join("");
  return `<p class="text">${html}${escape(text.slice(at))}</p>\n${notes}`;
}

/** The type's colour, paler where the model is less sure. */
function background(type: string, confidence: number): string {
  return `hsl(${colourOf(type).hue.toFixed(0)} 75% 78% / ${(0.25 + 0.75 * confidence).toFixed(2)})`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}
