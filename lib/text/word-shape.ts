/**
 * Shape classes of words, as numbered in trained models: an uncased encoder does not see what they tell.
 * `none` is for special pieces, padding and masked words.
 */
export const shapes = {
  none: 0,
  lower: 1,
  capitalised: 2,
  upper: 3,
  oneCapital: 4,
  mixed: 5,
  number: 6,
  lettersAndDigits: 7,
  symbols: 8,
  spare: 9,
} as const;

/** Number of shape classes, the spare one included. */
export const shapeCount = 10;

const letterOrNumber = /[\p{L}\p{N}]/u;
const letter = /\p{L}/u;
// Nd and what Unicode calls Numeric_Type=Digit (superscripts, circled digits, …), for which there is no \p{…}.
const digit =
  /[\p{Nd}\u00b2\u00b3\u00b9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]/u;
const lower = /\p{Lowercase}/u;
const upperOrTitle = /[\p{Uppercase}\p{Lt}]/u;
const upper = /\p{Uppercase}/u;
const lowerOrTitle = /[\p{Lowercase}\p{Lt}]/u;
const firstUpper = /^\p{Uppercase}/u;

/**
 * Shape class of a word, 1 to 8. The tests stand in the order that trained models were given: digits before case,
 * and signs within a word do not count ("U.S." is upper, "co-op" lower, "3.14" a number).
 */
export function shapeOf(word: string): number {
  if (!letterOrNumber.test(word)) return shapes.symbols;
  if (digit.test(word)) return letter.test(word) ? shapes.lettersAndDigits : shapes.number;
  if (isLower(word)) return shapes.lower;
  if (upper.test(word) && !lowerOrTitle.test(word))
    return isOneCharacter(word) ? shapes.oneCapital : shapes.upper;
  const rest = word.slice(isAstral(word) ? 2 : 1);
  return firstUpper.test(word) && isLower(rest) ? shapes.capitalised : shapes.mixed;
}

function isLower(text: string): boolean {
  return lower.test(text) && !upperOrTitle.test(text);
}

function isOneCharacter(word: string): boolean {
  return word.length === (isAstral(word) ? 2 : 1);
}

/** True when the first character takes two UTF-16 units. */
function isAstral(text: string): boolean {
  return text.codePointAt(0)! > 0xffff;
}
