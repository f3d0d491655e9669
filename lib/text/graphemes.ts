/**
 * What a grapheme (a character as a reader sees it) is to the splitting of words: part of a word, a sign that may stand
 * at its border, or a word on its own (ideographs, kana, emoji).
 */
export type GraphemeKind = "word" | "sign" | "alone";

export interface Grapheme {
  text: string;
  kind: GraphemeKind;
}

/** Intl.Segmenter takes time quadratic in the length of its text: it gets blocks of about this many UTF-16 units. */
const blockUnits = 512;
// Made when a text first needs it: it takes milliseconds of the time to import the package.
let segmenter: Intl.Segmenter | undefined;
// Characters that never join with a neighbour, so that the slow segmenter is left out for most texts.
const nothingJoins =
  /^[\x21-\x7e\u00a1-\u02ff\u0370-\u0482\u048a-\u0556\u05d0-\u05ea\u0620-\u064a\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff]*$/u;
const sign = /^[\p{P}\p{S}]/u;
const alone =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\u30fc\uff70\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
const keycap = "\u20e3";

/** Graphemes of a text without white space, in order; together they are the text. */
export function graphemesOf(text: string): Grapheme[] {
  const parts = nothingJoins.test(text) ? [...text] : segmentsOf(text);
  return parts.map((part) => ({ text: part, kind: kindOf(part) }));
}

function segmentsOf(text: string): string[] {
  const parts: string[] = [];
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  let size = blockUnits;
  for (let from = 0; from < text.length;) {
    const to = from + size + (isHighSurrogate(text.charCodeAt(from + size - 1)) ? 1 : 0);
    const block = Array.from(segmenter.segment(text.slice(from, to)), ({ segment }) => segment);
    // The last grapheme may go on behind the block, so the next block starts with it.
    if (to < text.length) {
      if (block.length === 1) {
        size *= 2;
        continue;
      }
      block.pop();
    }
    for (const part of block) {
      parts.push(part);
      from += part.length;
    }
    size = blockUnits;
  }
  return parts;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function kindOf(grapheme: string): GraphemeKind {
  const code = grapheme.charCodeAt(0);
  const isAsciiLetter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
  if (isAsciiLetter && grapheme.length === 1) return "word";
  if (alone.test(grapheme) || grapheme.endsWith(keycap)) return "alone";
  return sign.test(grapheme) ? "sign" : "word";
}
