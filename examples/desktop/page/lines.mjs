import { element, percent } from "./element.mjs";
import { mentionIn, rangeOf, stepsOf } from "./words.mjs";

/** @import { FoundMention, Line } from "../protocol.js" */
/** @import { Range } from "./words.mjs" */

/**
 * What can be done to a line.
 * @typedef {object} LineActions
 * @property {(range: Range | null) => void} select
 * @property {(type: string | null) => void} mark the selected words
 * @property {(place: number) => void} markByNumber the same, by the place of a type
 * @property {() => void} confirm the line is right as it is
 * @property {() => void} forget it is no longer taken for checked
 * @property {(by: number) => void} leave for another line
 */

/**
 * A line with its mentions; words are selected by mouse or keys.
 * @param {Line} line
 * @param {number} number from 1
 * @param {Range | null} selected
 * @param {(type: string) => string} colourOf
 * @param {LineActions} actions
 */
export function lineElement(line, number, selected, colourOf, actions) {
  const text = element("p", { className: "text" }, ...pieces(line, selected, colourOf));
  const article = element(
    "article",
    { className: line.checked ? "line checked" : "line", tabIndex: 0, "aria-label": `Line ${number}` },
    element("span", { className: "number", "aria-hidden": true }, String(number)),
    text,
    element("div", { className: "verdict" }, ...verdict(line, actions)),
    ...line.warnings.map((warning) => element("p", { className: "warning" }, warning)),
  );
  text.addEventListener("mouseup", () => selectByMouse(line, text, actions));
  article.addEventListener("keydown", (event) => {
    if (event.target === article && byKey(event, line, selected, actions)) event.preventDefault();
  });
  return article;
}

/**
 * @param {Line} line
 * @param {LineActions} actions
 */
function verdict(line, actions) {
  if (!line.checked) return [element("button", { onclick: actions.confirm }, "Right as it is")];
  const agreement = line.agrees ? "checked · model agrees" : "checked";
  const forget = element("button", { className: "quiet", onclick: actions.forget }, "Forget");
  return [element("span", { className: "tick" }, agreement), forget];
}

/**
 * @param {Line} line
 * @param {Range | null} selected
 * @param {(type: string) => string} colourOf
 */
function pieces(line, selected, colourOf) {
  const nodes = /** @type {(Node | string)[]} */ ([]);
  let at = 0;
  for (const step of stepsOf(line)) {
    const [start, end] = [line.words[step.first][0], line.words[step.last][1]];
    const mention = mentionIn(line, step);
    const words = wordNodes(line, step, selected);
    nodes.push(line.text.slice(at, start), ...(mention ? [markOf(mention, words, colourOf)] : words));
    at = end;
  }
  return [...nodes, line.text.slice(at)];
}

/**
 * @param {Line} line
 * @param {Range} step
 * @param {Range | null} selected
 */
function wordNodes({ text, words }, { first, last }, selected) {
  const nodes = /** @type {(Node | string)[]} */ ([]);
  for (let k = first; k <= last; k++) {
    const [start, end] = words[k];
    const isSelected = selected !== null && selected.first <= k && k <= selected.last;
    if (k > first) nodes.push(text.slice(words[k - 1][1], start));
    const properties = { className: isSelected ? "word selected" : "word", "data-start": start };
    nodes.push(element("span", properties, text.slice(start, end)));
  }
  return nodes;
}

/**
 * @param {FoundMention} mention
 * @param {(Node | string)[]} words
 * @param {(type: string) => string} colourOf
 */
function markOf({ type, confidence }, words, colourOf) {
  const sure = confidence === null ? "" : ` ${percent(confidence)}`;
  const style = { background: colourOf(type) };
  return element("mark", { style, title: type + sure }, ...words, element("small", {}, type + sure));
}

/**
 * Takes what was dragged over, or the word (or its mention) that was clicked on.
 * @param {Line} line
 * @param {HTMLElement} text
 * @param {LineActions} actions
 */
function selectByMouse(line, text, actions) {
  const selection = getSelection();
  const dragged = selection?.rangeCount ? selection.getRangeAt(0) : undefined;
  const spans = /** @type {HTMLElement[]} */ ([...text.querySelectorAll(".word")]);
  const touched = spans.filter((span) => dragged?.intersectsNode(span)).map((span) => Number(span.dataset.start)); // prettier-ignore
  if (touched.length === 0) return actions.select(null);
  const range = rangeOf(line, { start: touched[0], end: touched[touched.length - 1] + 1 });
  const mention = range && range.first === range.last && dragged?.collapsed && mentionIn(line, range);
  actions.select((mention ? rangeOf(line, mention) : range) ?? null);
  selection?.removeAllRanges();
}

/**
 * @param {KeyboardEvent} event
 * @param {Line} line
 * @param {Range | null} selected
 * @param {LineActions} actions
 * @returns {boolean} the key means something here
 */
function byKey({ key, shiftKey, ctrlKey, altKey, metaKey }, line, selected, actions) {
  if (ctrlKey || altKey || metaKey) return false;
  const keys = /** @type {Record<string, () => void>} */ ({
    ArrowRight: () => actions.select(moved(line, selected, 1, shiftKey)),
    ArrowLeft: () => actions.select(moved(line, selected, -1, shiftKey)),
    End: () => actions.select(toTheEnd(line, selected, shiftKey)),
    ArrowDown: () => actions.leave(1),
    ArrowUp: () => actions.leave(-1),
    Delete: () => actions.mark(null),
    Backspace: () => actions.mark(null),
    Enter: actions.confirm,
    Escape: () => actions.select(null),
  });
  const act = /^[1-9]$/.test(key) ? () => actions.markByNumber(Number(key)) : keys[key];
  act?.();
  return act !== undefined;
}

/**
 * The step before or behind the selected words; with shift the last word grows or shrinks.
 * @param {Line} line
 * @param {Range | null} selected
 * @param {1 | -1} by
 * @param {boolean} extends_
 * @returns {Range | null}
 */
function moved(line, selected, by, extends_) {
  const steps = stepsOf(line);
  if (steps.length === 0) return null;
  if (!selected) return by > 0 ? steps[0] : steps[steps.length - 1];
  const { first, last } = selected;
  if (extends_) return { first, last: Math.max(first, Math.min(line.words.length - 1, last + by)) };
  const next = by > 0 ? steps.find((step) => step.first > last) : steps.findLast((step) => step.last < first);
  return next ?? selected;
}

/**
 * The last step of a line, or, with shift, all from the selected words on.
 * @param {Line} line
 * @param {Range | null} selected
 * @param {boolean} extends_
 * @returns {Range | null}
 */
function toTheEnd(line, selected, extends_) {
  const end = stepsOf(line).at(-1);
  return end && selected && extends_ ? { first: selected.first, last: end.last } : (end ?? null);
}
