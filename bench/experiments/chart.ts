import type { Cell, Split, Summary } from "./summary.js";
import type { Suite } from "./suite.js";

const [panelWidth, rowHeight, labelWidth, gap] = [190, 18, 130, 26]; // pixels
const [titleHeight, panelHead, axisHeight, panelsPerLine] = [46, 22, 24, 4];
const [ofRow, ofReference, ink, faint] = ["#0b6e4f", "#5b6577", "#1d2129", "#dfe2e7"];

/** Points under the best of a panel from which a row is a number at the edge: a dot would press all others together. */
const farBelow = 15;

/**
 * The tables of a suite as one SVG: a panel for each column, a line for each system, a dot at the mean with a whisker of one
 * standard deviation. Panels have scales of their own, for domains differ more than systems do.
 */
export function suiteChart({ title, reference }: Suite, tables: readonly Summary[], split: Split): string {
  let top = titleHeight;
  const parts: string[] = [];
  for (const table of tables) {
    const { svg, height } = panels(table, top, reference);
    parts.push(...svg);
    top += height;
  }
  const width = labelWidth + panelsPerLine * (panelWidth + gap);
  const heading = [
    text(12, 20, title, { size: 15, weight: 600 }),
    text(12, 37, `Strict span F1 on ${split}, percent; dot: mean of the seeds, whisker: one standard deviation; ◂ more than ${farBelow} under the best`, { size: 11 }), // prettier-ignore
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" font-family="system-ui, sans-serif">
<rect width="100%" height="100%" fill="#fff"/>
${[...heading, ...parts].join("\n")}
</svg>
`;
}

/** The panels of one table, below each other in lines. */
function panels({ shots, columns, rows }: Summary, top: number, reference: string) {
  const height = panelHead + rows.length * rowHeight + axisHeight;
  const svg: string[] = [];
  const line = (k: number) => top + Math.floor(k / panelsPerLine) * height;
  columns.forEach((column, k) => {
    const left = labelWidth + (k % panelsPerLine) * (panelWidth + gap);
    if (k % panelsPerLine === 0) rows.forEach(({ system }, row) => svg.push(rowLabel(system, line(k), row)));
    const cells = rows.map((row) => row.cells[k]);
    const name = shots === null ? column : `${column}, K = ${shots}`;
    svg.push(
      ...panel(
        name,
        cells,
        left,
        line(k),
        rows.findIndex(({ system }) => system === reference),
      ),
    );
  });
  return { svg, height: Math.ceil(columns.length / panelsPerLine) * height };
}

const rowLabel = (system: string, top: number, row: number): string =>
  text(labelWidth - 8, middle(top, row) + 4, system, { size: 11, anchor: "end" });

const middle = (top: number, row: number): number => top + panelHead + (row + 0.5) * rowHeight;

function panel(
  name: string,
  cells: readonly (Cell | undefined)[],
  left: number,
  top: number,
  reference: number,
): string[] {
  const bottom = top + panelHead + cells.length * rowHeight;
  const svg = [text(left, top + 14, name, { size: 12, weight: 600 })];
  const known = cells.filter((cell) => cell !== undefined);
  const best = Math.max(...known.map(({ mean }) => mean));
  const isNear = ({ mean }: Cell) => mean >= best - farBelow;
  const ends = known.filter(isNear).flatMap(({ mean, deviation }) => [mean - deviation, mean + deviation]);
  if (ends.length === 0) return [...svg, text(left, bottom - 4, "nothing recorded", { size: 10 })];
  const { low, high, step } = scaleOf(Math.min(...ends), Math.max(...ends));
  const x = (value: number) => left + ((value - low) / (high - low)) * panelWidth;
  for (let tick = low; tick <= high + step / 2; tick += step) {
    svg.push(stroke(x(tick), top + panelHead, x(tick), bottom, faint, 1));
    svg.push(text(x(tick), bottom + 13, String(Math.round(tick * 10) / 10), { size: 10, anchor: "middle" }));
  }
  const base = cells[reference];
  if (base && isNear(base))
    svg.push(stroke(x(base.mean), top + panelHead, x(base.mean), bottom, ofReference, 1, "3 3"));
  cells.forEach((cell, row) => {
    if (!cell) return;
    const [y, colour] = [middle(top, row), row === reference ? ofReference : ofRow];
    if (isNear(cell)) svg.push(...dot(cell, x, y, colour));
    else svg.push(text(left + 3, y + 4, `◂ ${cell.mean.toFixed(1)}`, { size: 10 }));
  });
  return svg;
}

const dot = (
  { mean, deviation }: Cell,
  x: (value: number) => number,
  y: number,
  colour: string,
): string[] => [
  stroke(x(mean - deviation), y, x(mean + deviation), y, colour, 2),
  `<circle cx="${pixel(x(mean))}" cy="${pixel(y)}" r="4" fill="${colour}"/>`,
];

/** A scale with two to five round steps around the values. */
export function scaleOf(least: number, most: number): { low: number; high: number; step: number } {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20].find((candidate) => (most - least) / candidate <= 4) ?? 50;
  const low = Math.floor(least / step) * step;
  const high = Math.ceil(most / step) * step;
  return { low, high: high > low ? high : low + step, step };
}

const pixel = (value: number): string => value.toFixed(1);

function stroke(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  colour: string,
  width: number,
  dash = "",
): string {
  const dashes = dash && ` stroke-dasharray="${dash}"`;
  return `<line x1="${pixel(x1)}" y1="${pixel(y1)}" x2="${pixel(x2)}" y2="${pixel(y2)}" stroke="${colour}" stroke-width="${width}"${dashes}/>`;
}

function text(
  x: number,
  y: number,
  content: string,
  { size, weight = 400, anchor = "start" }: { size: number; weight?: number; anchor?: string },
) {
  return `<text x="${pixel(x)}" y="${pixel(y)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${ink}">${escape(content)}</text>`;
}

const escape = (content: string): string =>
  content.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]!);
