import type { Scores } from "../evaluate.js";
import { escape } from "./html.js";
import { reliabilityPicture } from "./reliability-picture.js";
import { scoreTables, type ScoreTable } from "./score-tables.js";

const style = `
:root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: #1d2129; background: #f4f5f8; }
body { max-width: 52rem; margin: 2.5rem auto; padding: 0 1.5rem; print-color-adjust: exact; }
h1 { font-size: 1.35rem; margin: 0 0 1rem; }
section { background: #fff; border: 1px solid #dfe2e8; border-radius: .75rem; padding: 1.1rem 1.4rem; margin: 1.1rem 0; box-shadow: 0 1px 3px #1d212912; break-inside: avoid; overflow-x: auto; }
h2 { font-size: 1.05rem; margin: 0 0 .6rem; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums; }
th { font-weight: 500; color: #5a6170; border-bottom: 1px solid #dfe2e8; }
th, td { text-align: right; padding: .2rem .6rem; }
th:first-child, td:first-child { text-align: left; }
p { font-size: .82rem; color: #5a6170; margin: .6rem 0 0; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; justify-content: center; margin-bottom: .6rem; }
`;

/** One self-contained page of scores, with a reliability diagram before and after the fit. */
export function evaluationPage(title: string, scores: Scores): string {
  const { before, after } = scores.calibration;
  const pictures = [reliabilityPicture(after ? "Before the fit" : "Uncalibrated", before), ...(after ? [reliabilityPicture("Confidence", after)] : [])]; // prettier-ignore
  const sections = Object.entries(scoreTables(scores)).map(([part, table]) =>
    section(table, part === "calibration" ? pictures : []),
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${style}</style>
<h1>${escape(title)}</h1>
${sections.join("\n")}
</html>
`;
}

function section({ title, header, rows, notes }: ScoreTable, pictures: readonly string[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join("")}</tr>`;
  const drawn = pictures.length > 0 ? `<div class="pictures">${pictures.join("")}</div>` : "";
  return `<section><h2>${escape(title)}</h2>${drawn}<table>${cells("th", header)}${rows.map((row) => cells("td", row)).join("")}</table>
${notes.map((note) => `<p>${escape(note)}</p>`).join("")}</section>`;
}
