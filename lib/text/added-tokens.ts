/** An entry of `added_tokens` in tokenizer.json: text that becomes one piece whatever surrounds it, e.g. "[MASK]". */
export interface AddedToken {
  content: string;
  id: number;
  /** Take white space before (`lstrip`) or behind (`rstrip`) the token along. */
  lstrip: boolean;
  rstrip: boolean;
  /** Do not find the token within a longer word. */
  singleWord: boolean;
}

/** Units `start` to `end` (excluded) of a text: one added token where `id` is given, ordinary text elsewhere. */
export interface Section {
  start: number;
  end: number;
  id?: number;
}

const endsInWord = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const startsWithWord = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** Finds added tokens in text: the leftmost first, of several the longest. */
export class AddedTokenFinder {
  private readonly byContent: ReadonlyMap<string, AddedToken>;
  private readonly pattern: RegExp | undefined;

  constructor(tokens: readonly AddedToken[]) {
    this.byContent = new Map(tokens.map((token) => [token.content, token]));
    const contents = [...this.byContent.keys()].sort((a, b) => b.length - a.length);
    if (contents.length > 0) this.pattern = new RegExp(contents.map(escapeForPattern).join("|"), "gu");
  }

  /** Cuts `text` into sections that cover it without gap. */
  split(text: string): Section[] {
    const sections: Section[] = [];
    let covered = 0;
    for (const match of this.pattern === undefined ? [] : text.matchAll(this.pattern)) {
      const token = this.byContent.get(match[0])!;
      let start = match.index;
      let end = start + match[0].length;
      if (token.singleWord && isWithinWord(text, start, end)) continue;
      if (token.lstrip) start = Math.max(covered, text.slice(0, start).trimEnd().length);
      if (token.rstrip) end = text.length - text.slice(end).trimStart().length;
      if (covered < start) sections.push({ start: covered, end: start });
      sections.push({ start, end, id: token.id });
      covered = end;
    }
    if (covered < text.length) sections.push({ start: covered, end: text.length });
    return sections;
  }
}

function isWithinWord(text: string, start: number, end: number): boolean {
  // Two units hold the whole neighbouring character.
  return (
    endsInWord.test(text.slice(Math.max(0, start - 2), start)) ||
    startsWithWord.test(text.slice(end, end + 2))
  );
}

function escapeForPattern(content: string): string {
  return content.replace(/[\\^$.*+?()[\]{}|]/gu, "\\$&");
}
