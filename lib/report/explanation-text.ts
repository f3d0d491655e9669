import type { ContextWord, Effect, ExplainedEntity, Explanation } from "../explainer.js";
import { coloured } from "./annotated-text.js";
import { oneLine, padded, widthOf } from "./text-width.js";
import type { TypeColours } from "./type-colours.js";

/** Words of the context that get a bar; effects below the least are noise to a reader. */
const [mostWords, leastEffect] = [8, 0.1];
const barWidth = 24;

/** The words that matter most to an entity, strongest first. */
export const strongest = ({ context }: Pick<ExplainedEntity, "context">): ContextWord[] =>
  context
    .filter(({ effect }) => Math.abs(effect) >= leastEffect)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
    .slice(0, mostWords);

export const percent = (share: number): string => `${Math.round(100 * share)} %`;

export const signed = (effect: number): string => `${effect < 0 ? "−" : "+"}${Math.abs(effect).toFixed(1)}`;

/**
 * An explanation for terminals: a block for each entity, with bars from what speaks for it and against it; coloured where
 * colours are given.
 */
export function explanationText(explanation: Explanation, colours?: TypeColours): string {
  const { entities, calibration, warnings } = explanation;
  const blocks = entities.map((entity) => block(entity, colours));
  const notes = [
    ...(entities.length === 0 ? ["No entity was found."] : []),
    ...(calibration || entities.length === 0 ? [] : ["Confidences are not calibrated: they were not fitted on dev data."]), // prettier-ignore
    ...warnings,
  ];
  return [...blocks, ...notes].join("\n\n") + "\n";
}

function block(entity: ExplainedEntity, colours?: TypeColours): string {
  const { type, confidence, mention, answerWithout } = entity;
  const text = oneLine(entity.text);
  const words = strongest(entity);
  const rows: (readonly [name: string, effect: Effect])[] = [["the mention itself", mention], ...words.map((word) => [oneLine(word.text), word] as const)]; // prettier-ignore
  const width = Math.max(...rows.map(([name]) => widthOf(name)));
  const scale = Math.max(...rows.map(([, { effect }]) => Math.abs(effect)));
  const lines = rows.map(([name, effect]) => `  ${padded(name, width)}  ${bar(effect, scale, colours)}`);
  const without = answerWithout ? `${answerWithout.type} (${percent(answerWithout.confidence)}): ${oneLine(answerWithout.text)}` : "no entity"; // prettier-ignore
  const head = `${colours ? coloured(text, type, colours) : `${text} [${type}]`}  ${percent(confidence)}`;
  return [head, ...lines, `  with the mention unknown: ${without}`].join("\n");
}

/** Effect in log-odds as a bar, green for and red against, and the confidence that is left without the words. */
function bar({ effect, confidence }: Effect, scale: number, colours?: TypeColours): string {
  const length = scale === 0 ? 0 : Math.max(1, Math.round((barWidth * Math.abs(effect)) / scale));
  const blocks = (effect < 0 ? "░" : "█").repeat(length);
  const painted = colours ? `\u001b[${effect < 0 ? 31 : 32}m${blocks}\u001b[0m` : blocks;
  return `${painted}${" ".repeat(barWidth - length)} ${signed(effect).padStart(6)}  ${percent(confidence).padStart(5)} without`;
}
