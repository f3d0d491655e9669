import { isDotted, takesFullStop } from "./abbreviations.js";
import { graphemesOf, type Grapheme } from "./graphemes.js";

/** A word of a text, with its UTF-16 units [start, end): `source.slice(start, end) === text`. */
export interface Word {
  text: string;
  start: number;
  end: number;
}

const run = /[^\s\u0085]+/gu;
const digit = /^\p{Nd}/u;
const link = /^(?:https?|ftp):\/\/|^www\./iu;
const linkEnd = /[.,;:!?'"’”)\]}>]/u;
const clitics = new Set(["'s", "'m", "'d", "'re", "'ve", "'ll", "n't", "'S", "'RE", "'VE", "'LL", "N'T"]);
/** Signs that hold a word together when more of it follows, and those that do so between digits only. */
const joiners = new Set([..."-‐‑'’.&@_·"]);
const joinersOfDigits = new Set([..."/:,"]);
const repeatable = new Set([..."-.`'!?*=_~"]);

/**
 * Splits raw text into words as the CoNLL data sets do: white space and punctuation part words, hyphens, apostrophes,
 * decimal points and the full stops of abbreviations stay, clitics ("'s", "n't") are words. Ideographs, kana and emoji
 * are words one by one. No character but white space is left out, none is changed, and no grapheme is cut.
 */
export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  const lastVisible = text.trimEnd().length;
  for (const match of text.matchAll(run)) {
    const scan = new RunScan(graphemesOf(match[0]), match.index + match[0].length >= lastVisible);
    let start = match.index;
    for (const word of scan.words()) {
      words.push({ text: word, start, end: start + word.length });
      start += word.length;
    }
  }
  return words;
}

/** Scans the graphemes of one run of text without white space, from left to right. */
class RunScan {
  /** Index of the last grapheme that is part of a word, −1 when there is none. */
  private readonly lastWordAt: number;

  /** @param endsText nothing visible follows the run */
  constructor(
    private readonly graphemes: readonly Grapheme[],
    private readonly endsText: boolean,
  ) {
    this.lastWordAt = graphemes.findLastIndex(({ kind }) => kind === "word");
  }

  /** The words, which together are the run. */
  words(): string[] {
    const words: string[] = [];
    let at = 0;
    if (link.test(this.slice(0, 8))) {
      at = this.linkEnd();
      words.push(this.slice(0, at));
    }
    while (at < this.graphemes.length) {
      const end = this.wordEnd(at);
      const cut = this.cliticStart(at, end);
      if (cut > at) words.push(this.slice(at, cut));
      words.push(this.slice(cut, end));
      at = end;
    }
    return words;
  }

  private slice(from: number, to: number): string {
    let text = "";
    for (let k = from; k < Math.min(to, this.graphemes.length); k++) text += this.graphemes[k]!.text;
    return text;
  }

  private textAt(index: number): string {
    return this.graphemes[index]?.text ?? "";
  }

  private isWord(index: number): boolean {
    return this.graphemes[index]?.kind === "word";
  }

  private isDigit(index: number): boolean {
    return digit.test(this.textAt(index));
  }

  private wordEnd(at: number): number {
    const { kind, text } = this.graphemes[at]!;
    if (kind === "alone") return at + 1;
    if (kind === "word") return this.coreEnd(at);
    if (this.isSignOfNumber(at)) return this.coreEnd(at + 1);
    const clitic = this.cliticEnd(at);
    if (clitic > at) return clitic;
    let end = at + 1;
    if (repeatable.has(text)) while (this.textAt(end) === text) end++;
    return end;
  }

  /** "-5", "+44" and ".45", unless the sign follows a word. */
  private isSignOfNumber(at: number): boolean {
    return "+-−.".includes(this.textAt(at)) && this.isDigit(at + 1) && !this.isWord(at - 1);
  }

  /** End of the word that starts with a letter, digit or the like at `at`. */
  private coreEnd(at: number): number {
    let end = at + 1;
    for (;;) {
      if (this.isWord(end) || this.joins(end)) end++;
      else if (this.isInnerFullStop(at, end)) end += 2;
      else break;
    }
    return this.withTrailingSigns(at, end);
  }

  private joins(index: number): boolean {
    if (!this.isWord(index + 1)) return false;
    const text = this.textAt(index);
    return (
      joiners.has(text) || (joinersOfDigits.has(text) && this.isDigit(index - 1) && this.isDigit(index + 1))
    );
  }

  /** The full stop and hyphen of "U.S.-led". */
  private isInnerFullStop(from: number, index: number): boolean {
    const follows = this.textAt(index) === "." && this.textAt(index + 1) === "-" && this.isWord(index + 2);
    return follows && index - from <= 20 && isDotted(this.slice(from, index));
  }

  /** Takes in the full stop of an abbreviation and the signs of "US$", "C++" and "C#". */
  private withTrailingSigns(from: number, end: number): number {
    const next = this.textAt(end);
    if (next === "+" && this.textAt(end + 1) === "+" && this.textAt(end + 2) !== "+") return end + 2;
    if (next === "#" && end - from === 1 && !this.isDigit(from)) return end + 1;
    if (next === "$" && end - from <= 3 && /^[A-Z]+$/.test(this.slice(from, end))) return end + 1;
    if (next !== "." || this.textAt(end + 1) === "." || end - from > 20) return end;
    const atEnd = this.endsText && this.lastWordAt < end;
    return takesFullStop(this.slice(from, end), atEnd) ? end + 1 : end;
  }

  /** Where a clitic at the end of word [from, end) starts; `from` when there is none. */
  private cliticStart(from: number, end: number): number {
    for (const length of [3, 2]) {
      const start = end - length;
      if (start > from && this.isClitic(start, end)) return start;
    }
    return from;
  }

  /** End of a clitic that stands alone or behind a full stop ("Inc.'s"); `at` when there is none. */
  private cliticEnd(at: number): number {
    if (at > 0 && this.textAt(at - 1) !== ".") return at;
    const end = [at + 3, at + 2].find((until) => until <= this.graphemes.length && this.isClitic(at, until));
    return end === undefined || this.isWord(end) ? at : end;
  }

  private isClitic(from: number, to: number): boolean {
    return clitics.has(this.slice(from, to).replace("’", "'"));
  }

  private linkEnd(): number {
    let end = this.graphemes.length;
    while (end > 1 && linkEnd.test(this.textAt(end - 1))) end--;
    return end;
  }
}
