import type { Reliability } from "../eval/reliability.js";

/** Side of the square in user units, and the room for axes around it. */
const [side, room] = [260, 44];
const tickStep = 20; // percent

/** A reliability diagram as SVG: for each bin a bar from the diagonal, where confidence is accuracy, to its accuracy. */
export function reliabilityPicture(title: string, { bins, error }: Reliability): string {
  const x = (percent: number) => (room + (side * percent) / 100).toFixed(1);
  const y = (percent: number) => (room + side - (side * percent) / 100).toFixed(1);
  const ticks = Array.from({ length: 100 / tickStep + 1 }, (_, k) => k * tickStep);
  const grid = ticks.map((tick) => `<path class="grid" d="M${x(tick)} ${y(0)}V${y(100)}M${x(0)} ${y(tick)}H${x(100)}"/><text class="tick" x="${x(tick)}" y="${room + side + 16}" text-anchor="middle">${tick}</text><text class="tick" x="${room - 7}" y="${y(tick)}" dy="4" text-anchor="end">${tick}</text>`); // prettier-ignore
  const marks = bins.map(({ confidence, accuracy, count }) => `<g><title>${count} mentions: confidence ${confidence.toFixed(1)} %, right ${accuracy.toFixed(1)} %</title><path class="gap" d="M${x(confidence)} ${y(confidence)}V${y(accuracy)}"/><circle class="bin" cx="${x(confidence)}" cy="${y(accuracy)}" r="4.5"/></g>`); // prettier-ignore
  const line = bins.map(({ confidence, accuracy }) => `${x(confidence)},${y(accuracy)}`).join(" ");
  const width = side + 2 * room;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${width}" width="${width}" height="${width}" font-family="system-ui, sans-serif" role="img" aria-label="${title}">
<style>.grid{stroke:#e6e8ee;fill:none}.tick{font-size:10px;fill:#5a6170}.axis{font-size:11px;fill:#5a6170}.title{font-size:13px;font-weight:600;fill:#1d2129}.ideal{stroke:#9aa1ad;stroke-dasharray:4 4}.gap{stroke:#e8663d;stroke-width:3;stroke-opacity:.45}.curve{stroke:#4a5bd4;stroke-width:1.5;fill:none}.bin{fill:#4a5bd4}</style>
<text class="title" x="${room}" y="20">${title}: error ${error.toFixed(1)}</text>
${grid.join("")}
<path class="ideal" d="M${x(0)} ${y(0)}L${x(100)} ${y(100)}"/>
<polyline class="curve" points="${line}"/>${marks.join("")}
<text class="axis" x="${room + side / 2}" y="${width - 10}" text-anchor="middle">confidence, %</text>
<text class="axis" transform="translate(14 ${room + side / 2}) rotate(-90)" text-anchor="middle">right, %</text>
</svg>`;
}
