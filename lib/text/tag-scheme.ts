import { CdlmError } from "../errors.js";

/** How a data set writes mentions as word tags. BILOU's letters L and U are read as BIOES's E and S. */
export type TagScheme = "IOB1" | "IOB2" | "BIOES";

export type TagPrefix = "O" | "B" | "I" | "E" | "S";

/** A tag taken apart; `type` is "" for O only. */
export interface ParsedTag {
  prefix: TagPrefix;
  type: string;
}

const prefixOf: ReadonlyMap<string, TagPrefix> = new Map([
  ["B", "B"],
  ["I", "I"],
  ["E", "E"],
  ["L", "E"],
  ["S", "S"],
  ["U", "S"],
]);

/**
 * Takes one tag of any known scheme apart.
 * @param place file and line (from 1) of the tag, for the message of the error
 * @throws CdlmError DATA_INVALID when `tag` has another form than "O" or "<letter>-<type>"
 */
export function parseTag(tag: string, place: { file?: string; line?: number } = {}): ParsedTag {
  if (tag === "O") return { prefix: "O", type: "" };
  const prefix = tag[1] === "-" ? prefixOf.get(tag[0]!) : undefined;
  const type = tag.slice(2);
  if (prefix === undefined || type === "" || /\s/u.test(type)) {
    throw new CdlmError("DATA_INVALID", "this is no tag", {
      expected: '"O", or one of B- I- E- S- (L- U-) followed by a type without white space',
      received: JSON.stringify(tag),
      ...place,
    });
  }
  return { prefix, type };
}

/**
 * The scheme of a whole data set. Any E or S means BIOES. An I that opens a mention speaks for IOB1, a B that does
 * not stand directly behind a mention of its own type speaks for IOB2, which wins: it may hold stray I's, whereas IOB1
 * never writes such a B.
 * @throws CdlmError DATA_INVALID on a malformed tag
 */
export function detectScheme(sentences: Iterable<readonly string[]>): TagScheme {
  let openedByI = false;
  let needlessB = false;
  for (const sentence of sentences) {
    let before = "";
    for (const tag of sentence) {
      const { prefix, type } = parseTag(tag);
      if (prefix === "E" || prefix === "S") return "BIOES";
      if (prefix === "I" && type !== before) openedByI = true;
      if (prefix === "B" && type !== before) needlessB = true;
      before = type;
    }
  }
  return openedByI && !needlessB ? "IOB1" : "IOB2";
}

/**
 * Rewrites one sentence's tags in IOB2. The result is always a valid IOB2 sequence: an inside tag without a mention
 * of its type before it opens one (the CoNLL rule).
 * @throws CdlmError DATA_INVALID when a tag is malformed or does not belong to `scheme`
 */
export function toIob2(tags: readonly string[], scheme: TagScheme): string[] {
  let open = "";
  return tags.map((tag, index) => {
    const { prefix, type } = parseTag(tag);
    const closes = prefix === "E" || prefix === "S";
    if (closes && scheme !== "BIOES") {
      throw new CdlmError("DATA_INVALID", `tag ${index + 1} of the sentence does not belong to ${scheme}`, {
        expected: "O, B-… or I-…",
        received: JSON.stringify(tag),
      });
    }
    const inside = (prefix === "I" || prefix === "E") && type === open;
    open = closes ? "" : type;
    return prefix === "O" ? "O" : `${inside ? "I" : "B"}-${type}`;
  });
}
