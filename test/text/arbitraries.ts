import fc from "fast-check";
import type { Span } from "../../lib/text/spans.js";

/** Disjoint spans of types a and b in a sentence of `length` words, in order; neighbours often touch. */
export function spansWithin(length: number): fc.Arbitrary<Span[]> {
  const step = fc.record({
    gap: fc.nat(2),
    size: fc.integer({ min: 1, max: 3 }),
    type: fc.constantFrom("a", "b"),
  });
  return fc.array(step).map((steps) => {
    const spans: Span[] = [];
    let at = 0;
    for (const { gap, size, type } of steps) {
      const start = at + gap;
      at = start + size;
      if (at <= length) spans.push({ start, end: at, type });
    }
    return spans;
  });
}

/** Text of hard pieces: letters of several scripts, marks, controls, spaces, emoji, clitics, lone surrogates. */
export const hardText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."aZé ßİΣς.,-'’\"()$%/&@#…—–:;!?1²½\t\n\r\u0000\u00a0\u00ad\u200b\u200d\ufe0f\ufeff\u0301",
      ),
      fc.constantFrom(
        "'s",
        "n't",
        "U.S.",
        "Mr. ",
        "東京",
        "かな",
        "カナ",
        "한국",
        "हिन्दी",
        "👨‍👩‍👧",
        "🇩🇪",
        "👍🏽",
        "1️⃣",
        "http://a.b/c?d",
      ),
      fc.constantFrom(
        "[CLS]",
        "[MASK]",
        "\ud83d",
        "\ude00",
        "𠀀",
        "𝔘",
        "ﬁ",
        "ﷺ",
        "가",
        "e\u0301",
        " \u0301",
        "\r\n",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.string({ unit: "grapheme", maxLength: 3 }),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));
