/** Options of a Hugging Face `BertNormalizer`. */
export interface BertNormalizerOptions {
  /** Drop control characters, U+0000 and U+FFFD; make all white space a blank. */
  cleanText: boolean;
  /** Set blanks around every CJK ideograph. */
  spaceIdeographs: boolean;
  /** Decompose (NFD) and drop non-spacing marks. */
  stripAccents: boolean;
  lowercase: boolean;
}

/** A normalised text that remembers where each of its UTF-16 units came from. */
export interface MappedText {
  text: string;
  /** Start of the source character of unit i, in UTF-16 units of the original. */
  starts: number[];
  /** End (excluded) of the source character of unit i. */
  ends: number[];
}

const control = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]/u;
const whiteSpace = /\p{White_Space}/u;
const nonSpacingMark = /\p{Mn}/gu;

/**
 * Normalises text as BERT's tokenizer does, character by character, so that every character keeps its source: the
 * Hugging Face package for JavaScript normalises whole strings and gives no offsets. Equal to the `tokenizers`
 * library for all characters of Unicode 8, on which that library's tables stop.
 * @param offset added to all starts and ends
 */
export function normalizeWithMap(text: string, options: BertNormalizerOptions, offset = 0): MappedText {
  const mapped: MappedText = { text: "", starts: [], ends: [] };
  let start = offset;
  for (const character of text) {
    const end = start + character.length;
    const normal = normalizeCharacter(character, options);
    for (let unit = 0; unit < normal.length; unit++) {
      mapped.starts.push(start);
      mapped.ends.push(end);
    }
    mapped.text += normal;
    start = end;
  }
  return mapped;
}

function normalizeCharacter(character: string, options: BertNormalizerOptions): string {
  const code = character.codePointAt(0)!;
  if (code >= 0x20 && code < 0x7f) return options.lowercase ? character.toLowerCase() : character;
  let normal = character;
  if (options.cleanText) {
    normal = clean(normal);
    if (normal === "" || normal === " ") return normal;
  }
  // Accents go first: a capital I with dot would otherwise keep its dot as a mark.
  if (options.stripAccents) normal = normal.normalize("NFD").replace(nonSpacingMark, "");
  if (options.lowercase) normal = normal.toLowerCase();
  return options.spaceIdeographs && isIdeograph(code) ? ` ${normal} ` : normal;
}

function clean(character: string): string {
  if (character === "\t" || character === "\n" || character === "\r") return " ";
  if (control.test(character)) return "";
  return whiteSpace.test(character) ? " " : character;
}

// First and last code points of the blocks that BERT's original tokenizer spaces out.
const ideographBlocks: readonly (readonly [number, number])[] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0x2f800, 0x2fa1f],
];

function isIdeograph(code: number): boolean {
  return code >= 0x3400 && ideographBlocks.some(([first, last]) => first <= code && code <= last);
}
