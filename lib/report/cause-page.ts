import { causesOf, type CausalEdge, type CausalGraph, type Opinion } from "../llm/causal-document.js";
import { causePicture } from "./cause-picture.js";
import { escape } from "./html.js";
import { coloursOf, cssColour, type TypeColours } from "./type-colours.js";

const style = `
:root { color-scheme: light; font: 15px/1.6 system-ui, sans-serif; color: #1d2129; background: #f6f7f9; }
body { max-width: 64rem; margin: 2.5rem auto; padding: 0 1.5rem; print-color-adjust: exact; }
h1 { font-size: 1.3rem; margin: 0 0 .4rem; }
p.note { font-size: .8rem; color: #555b66; margin: .2rem 0 1.4rem; }
section { background: #fff; border: 1px solid #dfe2e7; border-radius: .5rem; padding: .8rem 1rem; margin: 1rem 0; }
section > p { margin: 0 0 .4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
mark { color: inherit; padding: .05rem .3rem; border-radius: .35rem; border: 1px solid #0004; }
mark small { font-size: .68rem; font-weight: 600; margin-left: .35rem; color: #000b; }
div.picture { overflow-x: auto; }
svg { display: block; font: 13px system-ui, sans-serif; }
svg text { text-anchor: middle; fill: #1d2129; }
svg path { fill: none; stroke: #1d2129; stroke-width: 2; }
svg g.other path { stroke: #7a808a; stroke-width: 1.2; stroke-dasharray: 5 3; }
svg g.other path.tip { stroke-dasharray: none; }
svg g.cause text, svg g.other text { font-size: 11px; paint-order: stroke; stroke: #fff; stroke-width: 4px; }
svg g.cause text { font-weight: 600; }
svg g.other text { fill: #555b66; }
svg rect { stroke: #0006; }
details { font-size: .85rem; margin-top: .4rem; }
table { border-collapse: collapse; margin: .4rem 0 .8rem; }
th, td { text-align: left; padding: .1rem .8rem .1rem 0; border-bottom: 1px solid #dfe2e7; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
p.warning { font-size: .8rem; color: #8a4b00; }
`;

/** A self-contained HTML page of causal graphs, in parts, so that any number of them fits. */
export async function* causePage(
  title: string,
  types: readonly string[],
  graphs: AsyncIterable<CausalGraph> | Iterable<CausalGraph>,
): AsyncGenerator<string> {
  const colours = coloursOf(types);
  yield `<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${style}</style>\n<h1>${escape(title)}</h1>
<p class="note">Solid arcs above: causes that stand. Dashed arcs below: edges that the experts rejected, or that were removed later.
On each arc: mean score, 1 to 5, and experts for it of all. Boxes: mentions are coloured, cue words have corners, labels a dashed frame.</p>`;
  for await (const graph of graphs) yield section(graph, colours);
  yield "</html>";
}

function section(graph: CausalGraph, colours: TypeColours): string {
  const picture = causePicture(graph, colours);
  const warnings = graph.warnings.map((warning) => `<p class="warning">${escape(warning)}</p>`).join("");
  const edges = graph.edges.map((edge) => edgeRows(edge)).join("");
  const head =
    '<tr><th>edge<th>decided<th>expert<th class="number">score<th class="number">spread<th>criteria<th>counterfactual';
  const table =
    edges === ""
      ? ""
      : `<details><summary>${summary(graph)}</summary><table>${head}${edges}</table>${transcripts(graph)}</details>`;
  return `<section><p>${marked(graph, colours)}</p>${warnings}<div class="picture">${picture}</div>${table}</section>`;
}

function summary(graph: CausalGraph): string {
  return `edges: ${graph.edges.length}, causes: ${causesOf(graph).length} – votes, reasons, validation`;
}

function marked({ text, entities }: CausalGraph, colours: TypeColours): string {
  let html = "";
  let at = 0;
  for (const { start, end, type } of [...entities].sort((a, b) => a.start - b.start)) {
    if (start < at) continue; // inside another
    const mark = `<mark style="background:${cssColour(colours(type))}">`;
    html += `${escape(text.slice(at, start))}${mark}${escape(text.slice(start, end))}<small>${escape(type)}</small></mark>`;
    at = end;
  }
  return html + escape(text.slice(at));
}

function edgeRows(edge: CausalEdge): string {
  const { cause, effect, words, verdict, removed, decidedBy, validation } = edge;
  const lines = edge.votes.length;
  const name = `${escape(cause)} → ${escape(effect)}${words === "" ? "" : `<br><small>“${escape(words)}”</small>`}`;
  const fate = `${removed === undefined ? verdict : `removed: ${removed}`}<br><small>by ${decidedBy}</small>`;
  const check = validation
    ? `${escape(validation.original.type)}, without the cause ${escape(validation.without.type)}: ${validation.verdict}`
    : "";
  const first = `<td rowspan="${lines}">${name}<td rowspan="${lines}">${fate}`;
  const last = `<td rowspan="${lines}">${check}`;
  return edge.votes
    .map((vote, k) => `<tr>${k === 0 ? first : ""}${opinion(vote)}${k === 0 ? last : ""}`)
    .join("");
}

function opinion({ expert, score, spread, criteria }: Opinion): string {
  const parts = Object.entries(criteria).map(([name, value]) => `${escape(name)} ${value.toFixed(1)}`);
  return `<td>${escape(expert)}<td class="number">${score.toFixed(2)}<td class="number">${spread.toFixed(2)}<td>${parts.join(", ")}`;
}

function transcripts({ edges }: CausalGraph): string {
  return edges
    .filter(({ transcript }) => transcript.length > 0)
    .map(({ cause, effect, transcript }) => {
      const rounds = transcript.map(({ round, reasons, score, verdict }) => {
        const said = reasons.map(({ expert, reason }) => `<li>${escape(expert)}: ${escape(reason)}`).join("");
        return `<p>Round ${round}: ${score.toFixed(2)}, ${verdict}</p><ul>${said}</ul>`;
      });
      return `<h4>Discussion of ${escape(cause)} → ${escape(effect)}</h4>${rounds.join("")}`;
    })
    .join("");
}
