import { causesOf, type CausalEdge, type CausalGraph, type Variable } from "../llm/causal-document.js";
import { escape } from "./html.js";
import { cssColour, type TypeColours } from "./type-colours.js";

// Lengths in pixels. Widths of texts are estimated: a page that needs no script cannot measure them.
const [letter, padding, gap, pill, row, margin] = [7.4, 10, 22, 26, 30, 14];
const longestName = 26; // characters

interface Node {
  name: string;
  shown: string;
  /** Of its middle. */
  x: number;
  width: number;
  variable: Variable;
}

/**
 * The graph of one text as SVG: its variables in a row in the order of the text, causes that stand as solid arcs above
 * it, all other edges that were voted on as dashed arcs below; each with its score and the experts for it.
 */
export function causePicture(graph: CausalGraph, colours: TypeColours): string {
  const nodes = placed(graph);
  if (nodes.length === 0) return "";
  const causes = new Set(causesOf(graph));
  const others = graph.edges.filter((edge) => !causes.has(edge));
  const above = levels([...causes], nodes);
  const below = levels(others, nodes);
  const y = margin + row * Math.max(0, ...above.values()) + 8;
  const height = y + pill + row * Math.max(0, ...below.values()) + margin + 8;
  const width = Math.max(...nodes.map((node) => node.x + node.width / 2)) + margin;
  const arcs = [
    ...[...above].map(([edge, level]) => arc(edge, nodes, y, -level * row, "cause")),
    ...[...below].map(([edge, level]) => arc(edge, nodes, y + pill, level * row, "other")),
  ];
  const size = `width="${width.toFixed(0)}" height="${height}" viewBox="0 0 ${width.toFixed(0)} ${height}"`;
  const label = `${causes.size} causes among ${nodes.length} variables`;
  return `<svg role="img" aria-label="${label}" ${size}>${arcs.join("")}${nodes.map((node) => box(node, y, colours)).join("")}</svg>`;
}

/** Variables that have an edge, in the order of the text; labels, which are not in it, come last. */
function placed({ variables, edges }: CausalGraph): Node[] {
  const used = new Set(edges.flatMap(({ cause, effect }) => [cause, effect]));
  const inOrder = variables
    .filter(({ name }) => used.has(name))
    .sort((a, b) => (a.start ?? Infinity) - (b.start ?? Infinity) || 0);
  let right = margin;
  return inOrder.map((variable) => {
    const { name } = variable;
    const shown = [...name].length > longestName ? `${[...name].slice(0, longestName - 1).join("")}…` : name;
    const width = [...shown].length * letter + 2 * padding;
    const x = right + width / 2;
    right += width + gap;
    return { name, shown, x, width, variable };
  });
}

/** Height of each arc, from 1: arcs over the same place lie on different levels, short ones under long ones. */
function levels(edges: readonly CausalEdge[], nodes: readonly Node[]): Map<CausalEdge, number> {
  const place = (name: string) => nodes.findIndex((node) => node.name === name);
  const spans = edges.map((edge) => {
    const [from, to] = [place(edge.cause), place(edge.effect)].sort((a, b) => a - b) as [number, number];
    return { edge, from, to };
  });
  spans.sort((a, b) => a.to - a.from - (b.to - b.from));
  const result = new Map<CausalEdge, number>();
  const taken: { from: number; to: number; level: number }[] = [];
  for (const { edge, from, to } of spans) {
    const crossing = taken.filter((other) => other.from < to && from < other.to).map(({ level }) => level);
    const level = 1 + Math.max(0, ...crossing);
    taken.push({ from, to, level });
    result.set(edge, level);
  }
  return result;
}

function arc(edge: CausalEdge, nodes: readonly Node[], y: number, rise: number, kind: string): string {
  const [cause, effect] = [edge.cause, edge.effect].map((name) => nodes.find((node) => node.name === name)!);
  const forward = effect!.x > cause!.x;
  const shift = (node: Node, side: number) => node.x + side * Math.min(node.width / 4, 14);
  const [from, to] = [shift(cause!, forward ? 1 : -1), shift(effect!, forward ? -1 : 1)];
  const top = y + rise;
  const bend = Math.min(16, Math.abs(rise), Math.abs(to - from) / 2) * (forward ? 1 : -1);
  const path = `M${from} ${y}C${from} ${top} ${from} ${top} ${from + bend} ${top}H${to - bend}C${to} ${top} ${to} ${top} ${to} ${y}`;
  const tip =
    rise < 0
      ? `M${to - 4} ${y - 7}L${to} ${y}L${to + 4} ${y - 7}`
      : `M${to - 4} ${y + 7}L${to} ${y}L${to + 4} ${y + 7}`;
  const votes = `${edge.score.toFixed(1)} · ${edge.votes.filter(({ score }) => score > 3).length}/${edge.votes.length}`;
  const note = edge.removed === undefined ? votes : `${votes} ${edge.removed}`;
  const label = `<text x="${(from + to) / 2}" y="${top - 4}">${escape(note)}</text>`;
  const title = `<title>${escape(`${edge.cause} → ${edge.effect}`)}</title>`;
  return `<g class="${kind}">${title}<path d="${path}"/><path class="tip" d="${tip}"/>${label}</g>`;
}

function box({ shown, name, x, width, variable }: Node, y: number, colours: TypeColours): string {
  const { kind, type } = variable;
  const fill = kind === "mention" && type !== undefined ? cssColour(colours(type)) : "#fff";
  const round = kind === "cue" ? 2 : pill / 2;
  const dash = kind === "label" ? ' stroke-dasharray="3 2"' : "";
  const title = `<title>${escape(`${name}: ${type ?? kind}`)}</title>`;
  const frame = `<rect x="${x - width / 2}" y="${y}" width="${width}" height="${pill}" rx="${round}" fill="${fill}"${dash}/>`;
  return `<g class="variable">${title}${frame}<text x="${x}" y="${y + 17.5}">${escape(shown)}</text></g>`;
}
