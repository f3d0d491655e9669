/** @import { FoundMention, Line } from "../protocol.js" */

/**
 * Words of a line that belong together, `first` to `last`, both included.
 * @typedef {{ first: number, last: number }} Range
 */

/**
 * Where a range stands in the text.
 * @param {Line} line
 * @param {Range} range
 */
export const placeOf = ({ words }, { first, last }) => ({ start: words[first][0], end: words[last][1] });

/**
 * The words that a part of the text touches; undefined where it is none.
 * @param {Line} line
 * @param {{ start: number, end: number }} part
 * @returns {Range | undefined}
 */
export function rangeOf({ words }, { start, end }) {
  const touched = [...words.keys()].filter((k) => words[k][0] < end && start < words[k][1]);
  return touched.length > 0 ? { first: touched[0], last: touched[touched.length - 1] } : undefined;
}

/**
 * The first mention that a range touches.
 * @param {Line} line
 * @param {Range} range
 * @returns {FoundMention | undefined}
 */
export function mentionIn(line, range) {
  const place = placeOf(line, range);
  return line.entities.find((mention) => overlaps(mention, place));
}

/**
 * What a line can be walked through by: its mentions, and its words outside of them.
 * @param {Line} line
 * @returns {Range[]}
 */
export function stepsOf(line) {
  const steps = /** @type {Range[]} */ ([]);
  for (let k = 0; k < line.words.length; k = steps[steps.length - 1].last + 1) {
    const mention = mentionIn(line, { first: k, last: k });
    steps.push({ first: k, last: mention ? (rangeOf(line, mention)?.last ?? k) : k });
  }
  return steps;
}

/**
 * The line's mentions with a range as one of `type`, or as none where it is null; those that it touched are gone.
 * @param {Line} line
 * @param {Range} range
 * @param {string | null} type
 * @returns {FoundMention[]}
 */
export function marked(line, range, type) {
  const place = placeOf(line, range);
  const kept = line.entities.filter((mention) => !overlaps(mention, place));
  const added = type === null ? [] : [{ ...place, type, confidence: null }];
  return [...kept, ...added].sort((a, b) => a.start - b.start);
}

/**
 * @param {{ start: number, end: number }} a
 * @param {{ start: number, end: number }} b
 */
const overlaps = (a, b) => a.start < b.end && b.start < a.end;
