import { element, percent } from "./element.mjs";
import { whyPicture } from "./why.mjs";
import { mentionIn, placeOf } from "./words.mjs";

/** @import { EntityType, FoundMention, Line, Why } from "../protocol.js" */
/** @import { Range } from "./words.mjs" */

const keys = [
  ["←", "→", "walk through a line"],
  ["Shift", "→", "End", "select more words"],
  ["1", "…", "9", "name the selected words"],
  ["Delete", "not an entity"],
  ["Enter", "the line is right as it is"],
];

/** What the inspector shows while nothing is selected. */
export function guide() {
  const rows = keys.map((row) =>
    element("li", {}, ...row.slice(0, -1).map((key) => element("kbd", {}, key)), ` ${row[row.length - 1]}`),
  );
  return [
    element("h2", {}, "Correct what was found"),
    element(
      "p",
      {},
      "Click on an entity, or drag over words that are one. Everything works by keys as well:",
    ),
    element("ul", { className: "keys" }, ...rows),
  ];
}

/**
 * The selected words: what they are, and what else they could be.
 * @param {{ line: Line, range: Range, types: EntityType[] }} shown
 * @param {(type: string | null) => void} mark
 */
export function inspection({ line, range, types }, mark) {
  const { start, end } = placeOf(line, range);
  const mention = mentionIn(line, range);
  return [
    element("h2", {}, line.text.slice(start, end)),
    mention ? certainty(mention) : element("p", { className: "hint" }, "The model finds no entity here."),
    typeButtons(types, mention?.type, mark),
    newType(mark),
    ...(mention
      ? [element("button", { className: "remove", onclick: () => mark(null) }, "Not an entity")]
      : []),
  ];
}

/** @param {FoundMention} mention */
function certainty({ type, confidence }) {
  if (confidence === null) return element("p", { className: "hint" }, `${type}, as you said.`);
  const meter = element("meter", { value: confidence, "aria-label": "Confidence" });
  return element("p", { className: "certainty" }, `${type}, ${percent(confidence)} sure`, meter);
}

/**
 * @param {EntityType[]} types
 * @param {string | undefined} current
 * @param {(type: string | null) => void} mark
 */
function typeButtons(types, current, mark) {
  const buttons = types.map(({ name, colour }, k) =>
    element(
      "button",
      {
        className: "type",
        style: { background: colour },
        "aria-pressed": name === current,
        onclick: () => mark(name),
      },
      name,
      ...(k < 9 ? [element("kbd", {}, String(k + 1))] : []),
    ),
  );
  return element("div", { className: "types", role: "group", "aria-label": "Type" }, ...buttons);
}

/** @param {(type: string | null) => void} mark */
function newType(mark) {
  const input = element("input", {
    placeholder: "another type",
    pattern: "\\S+",
    required: true,
    title: "One word, without white space",
    "aria-label": "Name of another type",
  });
  const form = element("form", { className: "row" }, input, element("button", {}, "Add"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    mark(input.value);
  });
  return form;
}

/**
 * Why the model says what it says about the selected words.
 * @param {{ line: Line, range: Range }} shown
 * @param {Why[] | undefined} whys undefined while they are computed
 */
export function reasons({ line, range }, whys) {
  if (!whys) return [element("p", { className: "hint", role: "status" }, "Asking the model why …")];
  const { start, end } = placeOf(line, range);
  return whys.filter((why) => why.start < end && start < why.end).map((why) => whyPicture(line.text, why));
}
