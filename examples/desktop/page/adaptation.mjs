import { element } from "./element.mjs";

/** @import { Progress, State } from "../protocol.js" */

/** @typedef {Record<"adapt" | "resume" | "stop", () => void>} AdaptationActions */

/**
 * Which model is in use.
 * @param {State} state
 */
export function modelLine({ model }) {
  const taught = model.generation > 0 ? `adapted ${model.generation}×` : "as it came";
  const sure = model.calibrated ? [] : ["its confidences are mostly too high"];
  return [model.folder, taught, ...sure].join(" · ");
}

/**
 * How far the model has been taught, and the buttons for what can be done now.
 * @param {State} state
 * @param {AdaptationActions} actions
 */
export function adaptationCard(state, actions) {
  return [element("h2", {}, "Teach the model"), ...learnable(state), ...course(state, actions)];
}

/**
 * Moves the bar of a card, whose buttons stay under the user's finger; false where the card must be made anew.
 * @param {HTMLElement} card
 * @param {State | null} before
 * @param {State} after
 */
export function showProgress(card, before, { adaptation, checked }) {
  const bar = card.querySelector("progress");
  const isSame = JSON.stringify(before?.checked) === JSON.stringify(checked);
  if (!bar || !isSame || adaptation.status !== "running" || before?.adaptation.status !== "running")
    return false;
  if (!adaptation.progress) return true;
  const { step, steps } = adaptation.progress;
  Object.assign(bar, { max: steps, value: step });
  bar.nextElementSibling?.replaceChildren(description(adaptation.progress));
  return true;
}

/** @param {State} state */
function learnable({ checked, types }) {
  if (checked.lines === 0)
    return [element("p", {}, "Lines that you correct or confirm are kept, and the model can learn from them.")]; // prettier-ignore
  const counts = Object.entries(checked.mentions).map(([type, count]) => `${count} ${type}`);
  const lost = types.filter(({ name, known }) => known && !(name in checked.mentions)).map(({ name }) => name); // prettier-ignore
  return [
    element("p", {}, `${lines(checked.lines)} checked${counts.length > 0 ? `: ${counts.join(", ")}` : ""}.`),
    ...(lost.length > 0
      ? [
          element(
            "p",
            { className: "hint" },
            `The model will know the types in these lines, and no longer: ${lost.join(", ")}.`,
          ),
        ]
      : []),
  ];
}

/**
 * @param {State} state
 * @param {AdaptationActions} actions
 */
function course({ adaptation, checked }, { adapt, resume, stop }) {
  const begin = (/** @type {string} */ name) =>
    element("button", { className: "main", onclick: adapt, disabled: checked.lines === 0 }, name);
  switch (adaptation.status) {
    case "running":
      return [...bar(adaptation.progress), row(element("button", { onclick: stop }, "Cancel"))];
    case "stopping":
      return [...bar(adaptation.progress), row(element("button", { disabled: true }, "Cancelling …"))];
    case "stopped":
      return [
        ...bar(adaptation.progress, "Cancelled; what was learnt so far is kept."),
        row(element("button", { className: "main", onclick: resume }, "Resume"), element("button", { onclick: adapt }, "Start anew")), // prettier-ignore
      ];
    case "failed":
      return [element("p", { className: "warning" }, adaptation.message), row(begin("Start anew"))];
    case "done":
      return [
        element("p", { className: "done", role: "status" }, summary(adaptation)),
        row(begin("Adapt again")),
      ];
    default:
      return [row(begin("Adapt"))];
  }
}

/** @param {{ sentences: number, seconds: number, f1: number | null }} done */
function summary({ sentences, seconds, f1 }) {
  const score = f1 === null ? "" : ` On the lines that were held out its F1 is ${f1.toFixed(0)} of 100.`;
  return `Learnt from ${lines(sentences)} in ${duration(seconds)}; the new model is in use.${score}`;
}

/**
 * @param {Progress | null} progress
 * @param {string} [note]
 */
function bar(progress, note) {
  const properties = progress ? { value: progress.step, max: progress.steps } : {};
  return [
    element("progress", { ...properties, "aria-label": "Progress" }),
    element("p", { className: "hint" }, note ?? (progress ? description(progress) : "Preparing …")),
  ];
}

/** @param {Progress} progress */
function description({ phase, epoch, epochs, loss, secondsLeft }) {
  const doing = { train: "learning", evaluate: "checking", save: "saving" }[phase];
  const left = secondsLeft ? [`${duration(secondsLeft)} left`] : [];
  const error = loss === undefined ? [] : [`loss ${loss.toFixed(2)}`];
  return [`Pass ${epoch} of ${epochs}, ${doing}`, ...error, ...left].join(" · ");
}

/** @param {Node[]} children */
const row = (...children) => element("div", { className: "row" }, ...children);

/** @param {number} count */
const lines = (count) => `${count} line${count === 1 ? "" : "s"}`;

/** @param {number} seconds */
const duration = (seconds) => seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`; // prettier-ignore
