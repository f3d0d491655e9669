import { element, percent } from "./element.mjs";

/** @import { Effect, Why } from "../protocol.js" */

/** Words that get a bar; smaller effects (log-odds) are noise to a reader. */
const [mostWords, leastEffect] = [6, 0.1];

/**
 * What speaks for an entity and against it: its line, shaded, and bars of the words that matter most.
 * @param {string} text
 * @param {Why} why
 */
export function whyPicture(text, why) {
  return element(
    "div",
    { className: "why" },
    element("h3", {}, `Why ${why.type}?`),
    shadedText(text, why),
    bars(why),
    element("p", { className: "hint" }, withoutMention(why)),
  );
}

/** @param {Why} why */
function withoutMention({ answerWithout: answer }) {
  const found = answer
    ? `it would still find “${answer.text}” as ${answer.type} (${percent(answer.confidence)})`
    : "it would find nothing there";
  return `If the model could not see these words, only those around them, ${found}.`;
}

/**
 * @param {string} text
 * @param {Why} why
 */
function shadedText(text, { start, end, context }) {
  const strongest = Math.max(1, ...context.map(({ effect }) => Math.abs(effect)));
  const pieces = [
    ...context.map((word) => ({ ...word, node: shaded(word, strongest) })),
    { start, end, node: element("mark", {}, text.slice(start, end)) },
  ].sort((a, b) => a.start - b.start);
  const line = element("p", { className: "shaded" });
  let at = 0;
  for (const { start, end, node } of pieces) {
    line.append(text.slice(at, start), node);
    at = end;
  }
  line.append(text.slice(at));
  return line;
}

/**
 * @param {Effect & { text: string }} word
 * @param {number} strongest
 */
function shaded({ text, effect, confidence }, strongest) {
  const side = effect < 0 ? "against" : "for";
  const strength = ((70 * Math.abs(effect)) / strongest).toFixed(0);
  const style = { background: `color-mix(in srgb, var(--${side}) ${strength}%, transparent)` };
  return element("span", { style, title: `${signed(effect)}, ${percent(confidence)} without it` }, text);
}

/** @param {Why} why */
function bars({ mention, context }) {
  const words = context
    .filter(({ effect }) => Math.abs(effect) >= leastEffect)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
    .slice(0, mostWords);
  const rows = [{ ...mention, text: "the entity itself" }, ...words];
  const scale = Math.max(...rows.map(({ effect }) => Math.abs(effect))) || 1;
  const head = element(
    "tr",
    {},
    ...["", "against · for", "without"].map((name) => element("th", { scope: "col" }, name)),
  );
  return element("table", {}, head, ...rows.map((row) => bar(row, scale)));
}

/**
 * @param {Effect & { text: string }} row
 * @param {number} scale
 */
function bar({ text, effect, confidence }, scale) {
  const width = `${(50 * Math.abs(effect)) / scale}%`;
  const side = effect < 0 ? { right: "50%" } : { left: "50%" };
  const fill = element("i", { className: effect < 0 ? "against" : "for", style: { width, ...side } });
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, text),
    element("td", { className: "axis", title: signed(effect), "aria-label": signed(effect) }, fill),
    element("td", {}, percent(confidence)),
  );
}

/** @param {number} effect */
const signed = (effect) => `${effect < 0 ? "−" : "+"}${Math.abs(effect).toFixed(1)}`;
