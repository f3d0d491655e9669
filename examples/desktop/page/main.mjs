import { adaptationCard, modelLine, showProgress } from "./adaptation.mjs";
import { byId, element, replaceIn } from "./element.mjs";
import { guide, inspection, reasons } from "./inspector.mjs";
import { lineElement } from "./lines.mjs";
import { program, watchState } from "./program.mjs";
import { marked } from "./words.mjs";

/** @import { FoundMention, Line, State, Why } from "../protocol.js" */
/** @import { Range } from "./words.mjs" */

let lines = /** @type {Line[]} */ ([]);
let selected = /** @type {{ index: number, range: Range } | null} */ (null);
let state = /** @type {State | null} */ (null);
/** Of each line's text, by the model in use. */
const whys = /** @type {Map<string, Why[]>} */ (new Map());
/** Texts that the program is explaining. */
const asked = /** @type {Set<string>} */ (new Set());

const textArea = /** @type {HTMLTextAreaElement} */ (byId("text"));
const actions = {
  adapt: () => attempt(program.adapt),
  resume: () => attempt(program.resume),
  stop: () => attempt(program.stop),
};

/**
 * Does something, and shows what goes wrong.
 * @param {() => Promise<unknown>} work
 */
async function attempt(work) {
  try {
    await work();
    byId("alert").hidden = true;
  } catch (error) {
    complain(/** @type {Error} */ (error).message);
  }
}

/** @param {string} message */
function complain(message) {
  byId("alert").textContent = message;
  byId("alert").hidden = false;
}

/** @param {string} text */
async function read(text) {
  byId("reading").textContent = "Reading …";
  await attempt(async () => {
    lines = await program.read(text);
    selected = null;
    inspect();
    byId("lines").replaceChildren(...lines.map((_, index) => lineOf(index)));
  });
  byId("reading").textContent = "";
}

/** @param {State} next */
function show(next) {
  const isNewModel = state !== null && state.model.folder !== next.model.folder;
  const isNewType = JSON.stringify(state?.types) !== JSON.stringify(next.types);
  const card = byId("adaptation");
  if (!showProgress(card, state, next)) replaceIn(card, adaptationCard(next, actions));
  state = next;
  [byId("model").textContent, byId("model").title] = [
    modelLine(next),
    `Corrections are kept in ${next.work}`,
  ];
  if (isNewType) showTypes(next);
  if (!isNewModel) return;
  whys.clear();
  void read(lines.map(({ text }) => text).join("\n"));
}

/** @param {State} state */
function showTypes({ types }) {
  const items = types.map(({ name, colour, known }) =>
    element("li", { style: { background: colour } }, known ? name : `${name} (not learnt yet)`),
  );
  byId("types").replaceChildren(...items);
  lines.forEach((_, index) => refresh(index));
  inspect();
}

/** @param {string} type */
const colourOf = (type) => state?.types.find(({ name }) => name === type)?.colour ?? "#e4e6eb";

/** @param {number} index */
function lineOf(index) {
  const range = selected?.index === index ? selected.range : null;
  return lineElement(lines[index], index + 1, range, colourOf, {
    select: (range) => select(range && { index, range }),
    mark: (type) => mark(type),
    markByNumber: (place) => mark(state?.types[place - 1]?.name),
    confirm: () => void keep(index, lines[index].entities),
    forget: () => void forget(index),
    leave: (by) => focusLine(index + by),
  });
}

/**
 * Draws a line again; it keeps the focus.
 * @param {number} index
 */
function refresh(index) {
  const before = byId("lines").children[index];
  const hasFocus = before?.contains(document.activeElement);
  before?.replaceWith(lineOf(index));
  if (hasFocus) focusLine(index);
}

/** @param {number} index */
function focusLine(index) {
  const line = /** @type {HTMLElement | undefined} */ (byId("lines").children[index]);
  line?.focus();
}

/** @param {{ index: number, range: Range } | null} next */
function select(next) {
  const before = selected;
  selected = next;
  if (before && before.index !== next?.index) refresh(before.index);
  if (next) refresh(next.index);
  else if (before) refresh(before.index);
  inspect();
}

function inspect() {
  if (!selected || !state) {
    byId("selection").replaceChildren(...guide());
    return byId("reasons").replaceChildren();
  }
  const shown = { line: lines[selected.index], range: selected.range, types: state.types };
  byId("selection").replaceChildren(...inspection(shown, mark));
  showReasons();
}

/** Apart from the rest of the inspector, where the user may be typing when they come. */
function showReasons() {
  if (!selected) return;
  const shown = { line: lines[selected.index], range: selected.range };
  const known = whys.get(shown.line.text);
  byId("reasons").replaceChildren(...reasons(shown, known));
  if (!known) void explain(shown.line.text);
}

/** @param {string} text */
async function explain(text) {
  if (asked.has(text)) return;
  asked.add(text);
  await attempt(async () => {
    const folder = state?.model.folder;
    const found = await program.why(text).finally(() => asked.delete(text));
    if (folder === state?.model.folder) whys.set(text, found);
    if (selected && lines[selected.index].text === text) showReasons();
  });
}

/**
 * Makes the selected words an entity, or none where the type is null.
 * @param {string | null | undefined} type
 */
function mark(type) {
  if (!selected || type === undefined) return;
  const { index, range } = selected;
  void keep(index, marked(lines[index], range, type));
}

/**
 * Keeps a line with these mentions as checked by the user.
 * @param {number} index
 * @param {FoundMention[]} entities
 */
async function keep(index, entities) {
  const { text } = lines[index];
  await attempt(async () => {
    await program.correct(text, entities.map(({ start, end, type }) => ({ start, end, type }))); // prettier-ignore
    const own = entities.map((mention) => ({ ...mention, confidence: null }));
    lines[index] = { ...lines[index], entities: own, checked: true };
    refresh(index);
    inspect();
    if (document.activeElement === document.body) focusLine(index); // the button that was pressed is gone
  });
}

/** @param {number} index */
async function forget(index) {
  await attempt(async () => {
    await program.forget(lines[index].text);
    [lines[index]] = await program.read(lines[index].text);
    refresh(index);
    inspect();
  });
}

byId("paste").addEventListener("submit", (event) => {
  event.preventDefault();
  void read(textArea.value);
});
textArea.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void read(textArea.value);
});
const endWatch = watchState(show, complain);
byId("quit").addEventListener("click", () => {
  endWatch();
  void attempt(async () => {
    await program.quit();
    document.body.replaceChildren(element("p", { className: "farewell" }, "The program has ended. You may close this page.")); // prettier-ignore
  });
});
inspect();
