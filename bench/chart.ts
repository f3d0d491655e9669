import type { KeptResult, Results } from "./results-file.js";
import type { Measurement } from "./trial.js";

const [left, plot, right, line, gap, margin] = [250, 420, 170, 18, 46, 16];

/**
 * Every trial with ratios as bars of relative speed: the fastest of each group is 1, longer is faster; whiskers span the
 * slowest and the fastest repetition.
 */
export function drawChart({ processor, results }: Results): string {
  const groups = Object.entries(results).filter(([, { ratios }]) => Object.keys(ratios).length > 0);
  let y = margin + 20;
  const parts = groups.map(([name, result]) => {
    const part = drawGroup(name, result, y);
    y += gap + line * result.measurements.length;
    return part;
  });
  const width = left + plot + right;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(margin, margin + 4, `Speed on ${processor}, the fastest of each group = 1`, { weight: 700 }),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function drawGroup(name: string, { measurements, title, load }: KeptResult, y: number): string {
  const best = (group: string | undefined) =>
    Math.min(...measurements.filter((each) => each.group === group).map(({ median }) => median));
  const heading = `${title} — ${name}${load > 0.5 ? `; load ${load.toFixed(1)}` : ""}`;
  const bars = measurements.map((each, k) => drawBar(each, best(each.group), y + 24 + k * line));
  return [text(margin, y + 14, heading, { weight: 600 }), ...bars].join("\n");
}

function drawBar({ name, group, median, min, max, rate }: Measurement, best: number, y: number): string {
  const x = (milliseconds: number) => left + Math.min(plot * 1.15, (plot * best) / milliseconds);
  const colour = name.startsWith("cdlm") ? "#1f6fb2" : "#b0b7bf";
  const middle = y + line / 2 - 1;
  return [
    text(left - 8, middle + 4, group === undefined ? name : `${group}: ${name}`, { anchor: "end" }),
    `<rect x="${left}" y="${y}" width="${(x(median) - left).toFixed(1)}" height="${line - 4}" fill="${colour}"/>`,
    `<path d="M${x(max).toFixed(1)} ${middle}H${x(min).toFixed(1)}" stroke="#333333"/>`,
    text(left + plot * 1.15 + 6, middle + 4, rate, {}),
  ].join("\n");
}

function text(x: number, y: number, content: string, { anchor = "start", weight = 400 }): string {
  const safe = content.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`);
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-weight="${weight}">${safe}</text>`;
}
