import { percent } from "./explanation-text.js";
import type { RecognizedDocument, Recognizer } from "../recognizer.js";
import { escape } from "./html.js";
import { coloursOf, cssColour, type TypeColours } from "./type-colours.js";

const style = `
:root { color-scheme: light; font: 16px/1.9 system-ui, sans-serif; color: #1d2129; background: #f6f7f9; }
body { max-width: 52rem; margin: 2.5rem auto; padding: 0 1.5rem; print-color-adjust: exact; }
h1 { font-size: 1.3rem; margin: 0 0 .4rem; }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem .6rem; padding: 0; margin: 0; font-size: .8rem; }
ul.legend li { padding: .05rem .6rem; border-radius: 1rem; border: 1px solid #0003; }
p.note { font-size: .8rem; color: #555b66; margin: .4rem 0 1.4rem; }
p.text { background: #fff; border: 1px solid #dfe2e7; border-radius: .5rem; padding: .8rem 1rem; margin: .8rem 0; min-height: 1.9em; white-space: pre-wrap; overflow-wrap: anywhere; }
mark { color: inherit; padding: .1rem .35rem; border-radius: .35rem; border: 1px solid #0004; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
mark small { font-size: .68rem; font-weight: 600; margin-left: .4rem; color: #000b; white-space: nowrap; }
p.warning { font-size: .8rem; color: #8a4b00; margin: -.4rem 0 .8rem; }
`;

/** A self-contained HTML page of documents with their entities, in parts, so that a stream of any length fits. */
export async function* entityPage(
  title: string,
  { types, calibration }: Pick<Recognizer, "types" | "calibration">,
  documents: AsyncIterable<RecognizedDocument> | Iterable<RecognizedDocument>,
): AsyncGenerator<string> {
  const colours = coloursOf(types);
  const legend = types.map(
    (type) => `<li style="background:${cssColour(colours(type))}">${escape(type)}</li>`,
  );
  yield `<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${style}</style>\n<h1>${escape(title)}</h1>
<ul class="legend">${legend.join("")}</ul>
<p class="note">Percent: how sure the model is of a whole mention; the paler, the less sure.${calibration ? "" : " Not calibrated, so mostly too high."}</p>\n`;
  for await (const document of documents) yield paragraph(document, colours);
  yield "</html>\n";
}

function paragraph({ text, entities, warnings }: RecognizedDocument, colours: TypeColours): string {
  let html = "";
  let at = 0;
  for (const { start, end, type, confidence } of entities) {
    const label = `${escape(type)} ${percent(confidence)}`;
    const mark = `<mark style="background:${cssColour(colours(type), confidence)}" title="${label}">`;
    html += `${escape(text.slice(at, start))}${mark}${escape(text.slice(start, end))}<small>${label}</small></mark>`;
    at = end;
  }
  const notes = warnings.map((warning) => `<p class="warning">${escape(warning)}</p>\n`).join("");
  return `<p class="text">${html}${escape(text.slice(at))}</p>\n${notes}`;
}
