import type { Effect, ExplainedEntity, Explanation } from "../explainer.js";
import { percent, signed, strongest } from "./explanation-text.js";
import { escape } from "./html.js";
import { coloursOf, cssColour, type TypeColours } from "./type-colours.js";

/** UTF-16 units in which a word's neighbours are looked for. */
const neighbours = 24;

const style = `
:root { color-scheme: light; font: 16px/1.6 system-ui, sans-serif; color: #1d2129; background: #f4f5f8; --for: 152 60% 40%; --against: 14 80% 52%; }
body { max-width: 60rem; margin: 2.5rem auto; padding: 0 1.5rem; print-color-adjust: exact; }
h1 { font-size: 1.35rem; margin: 0 0 .2rem; }
p.note { font-size: .82rem; color: #5a6170; margin: 0 0 1.2rem; max-width: 48rem; }
.card { background: #fff; border: 1px solid #dfe2e8; border-radius: .75rem; padding: 1.1rem 1.4rem; margin: 1.1rem 0; box-shadow: 0 1px 3px #1d212912; break-inside: avoid; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 2; margin: 0; }
a.entity { color: inherit; text-decoration: none; padding: .1rem .4rem; border-radius: .35rem; border: 1px solid #0003; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
a.entity small { font-size: .68rem; font-weight: 600; margin-left: .4rem; color: #000a; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .8rem; margin-bottom: .7rem; }
h2 { font-size: 1.1rem; margin: 0; }
.chip { font-size: .78rem; font-weight: 600; padding: .05rem .7rem; border-radius: 1rem; border: 1px solid #0002; }
.meter { flex: 1; min-width: 9rem; display: flex; align-items: center; justify-content: flex-end; gap: .6rem; font-size: .85rem; font-variant-numeric: tabular-nums; }
.meter i { display: block; width: 8rem; height: .5rem; border-radius: 1rem; background: #e6e8ee; overflow: hidden; }
.meter i b { display: block; height: 100%; background: #4a5bd4; border-radius: 1rem; }
.words { background: #fafbfc; border: 1px solid #eceef2; border-radius: .5rem; padding: .5rem .9rem; }
.words span { border-radius: .25rem; padding: .1rem .12rem; }
.words mark { color: inherit; font-weight: 650; padding: .1rem .35rem; border-radius: .35rem; outline: 2px solid #1d2129; outline-offset: -1px; }
.without { margin: .8rem 0; font-size: .92rem; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; font-variant-numeric: tabular-nums; }
td { padding: .14rem .5rem; }
th { font-weight: 500; color: #5a6170; font-size: .76rem; text-align: right; padding: 0 .5rem .2rem; }
th.side { text-align: center; }
td.word { text-align: right; width: 11rem; max-width: 11rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
td.word small { color: #8b92a0; }
tr.self td.word { font-weight: 650; }
td.number { text-align: right; width: 4.5rem; }
td.bar { padding: .14rem 0; }
.axis { display: grid; grid-template-columns: 1fr 1fr; height: .85rem; }
.axis i { display: block; height: 100%; }
.axis .left { justify-self: end; background: hsl(var(--against) / .85); border-radius: .25rem 0 0 .25rem; }
.axis .right { background: hsl(var(--for) / .85); border-radius: 0 .25rem .25rem 0; }
.axis > :first-child { border-right: 1px solid #9aa1ad; display: grid; }
.warning { font-size: .82rem; color: #8a4b00; }
`;

/** One self-contained page: the text with its entities, and for each what speaks for it and against it. */
export function explanationPage(explanation: Explanation, types: readonly string[]): string {
  const colours = coloursOf(types);
  const { text, entities, calibration, warnings } = explanation;
  const confidence = calibration
    ? `fitted on dev data (${calibration})`
    : "not calibrated, so mostly too high";
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Why these entities?</title><style>${style}</style>
<h1>Why these entities?</h1>
<p class="note">Confidence is ${confidence}. An effect is the log-odds that an entity loses when words become unknown to the model while all
others stay: <b style="color:hsl(var(--for))">green speaks for it</b>, <b style="color:hsl(var(--against))">red against it</b>.</p>
<section class="card"><p class="text">${overview(text, entities, colours)}</p></section>
${entities.map((entity, k) => card(text, entity, `e${k}`, colours)).join("\n")}
${entities.length === 0 ? '<p class="note">No entity was found.</p>' : ""}
${warnings.map((warning) => `<p class="warning">${escape(warning)}</p>`).join("\n")}
</html>
`;
}

function overview(text: string, entities: readonly ExplainedEntity[], colours: TypeColours): string {
  const pieces = entities.map(({ start, end, type, confidence }, k) => {
    const label = `<small>${escape(type)} ${percent(confidence)}</small>`;
    const colour = cssColour(colours(type), confidence);
    return { start, end, html: `<a class="entity" href="#e${k}" style="background:${colour}">${escape(text.slice(start, end))}${label}</a>` }; // prettier-ignore
  });
  return woven(text, pieces);
}

function card(text: string, entity: ExplainedEntity, id: string, colours: TypeColours): string {
  const { type, confidence, answerWithout } = entity;
  const chip = (name: string) =>
    `<span class="chip" style="background:${cssColour(colours(name))}">${escape(name)}</span>`;
  const without = answerWithout
    ? `${chip(answerWithout.type)} in “${escape(answerWithout.text)}”, ${percent(answerWithout.confidence)}`
    : "no entity";
  return `<section class="card" id="${id}">
<header><h2>${escape(entity.text)}</h2>${chip(type)}<div class="meter"><i><b style="width:${(100 * confidence).toFixed(1)}%"></b></i>${percent(confidence)}</div></header>
<p class="text words">${heat(text, entity, colours)}</p>
<p class="without">Had the mention been unknown: ${without}</p>
${bars(text, entity)}</section>`;
}

/** The text with each word of the context shaded by its effect. */
function heat(text: string, { start, end, type, context }: ExplainedEntity, colours: TypeColours): string {
  const strength = Math.max(1, ...context.map(({ effect }) => Math.abs(effect)));
  const words = context.map((word) => {
    const shade = `hsl(var(--${word.effect < 0 ? "against" : "for"}) / ${((0.75 * Math.abs(word.effect)) / strength).toFixed(2)})`; // prettier-ignore
    const title = `${signed(word.effect)}: ${percent(word.confidence)} without`;
    return {
      ...word,
      html: `<span style="background:${shade}" title="${title}">${escape(word.text)}</span>`,
    };
  });
  const mark = `<mark style="background:${cssColour(colours(type))}">${escape(text.slice(start, end))}</mark>`;
  return woven(
    text,
    [...words, { start, end, html: mark }].sort((a, b) => a.start - b.start),
  );
}

function bars(text: string, entity: ExplainedEntity): string {
  const rows: (readonly [string, Effect, string])[] = [
    ["the mention itself", entity.mention, "self"],
    ...strongest(entity).map((word) => [inPlace(text, word), word, "context"] as const),
  ];
  const scale = Math.max(...rows.map(([, { effect }]) => Math.abs(effect))) || 1;
  const side = (share: number, name: string) =>
    `<div><i class="${name}" style="width:${(100 * Math.max(0, share)).toFixed(1)}%"></i></div>`;
  const lines = rows.map(
    ([name, { effect, confidence }, kind]) =>
      `<tr class="${kind}"><td class="word">${name}</td><td class="bar"><div class="axis">${side(-effect / scale, "left")}${side(effect / scale, "right")}</div></td><td class="number">${signed(effect)}</td><td class="number">${percent(confidence)}</td></tr>`,
  );
  return `<table><tr><th></th><th class="side">against · for</th><th>effect</th><th>without</th></tr>${lines.join("")}</table>`;
}

/** A word between its neighbours, which tell it from others of its kind. */
function inPlace(text: string, { start, end }: { start: number; end: number }): string {
  const before = /\S+\s*$/u.exec(whole(text.slice(Math.max(0, start - neighbours), start)))?.[0] ?? "";
  const after = /^\s*\S+/u.exec(whole(text.slice(end, end + neighbours)))?.[0] ?? "";
  return `<small>${escape(before)}</small>${escape(text.slice(start, end))}<small>${escape(after)}</small>`;
}

/** Without the half of a surrogate pair that a cut left at either end. */
const whole = (text: string): string => text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");

/** The text with pieces of HTML in the place of its parts, given in order and apart from each other. */
function woven(text: string, pieces: readonly { start: number; end: number; html: string }[]): string {
  let html = "";
  let at = 0;
  for (const piece of pieces) {
    html += escape(text.slice(at, piece.start)) + piece.html;
    at = piece.end;
  }
  return html + escape(text.slice(at));
}
