import assert from "node:assert/strict";
import fc from "fast-check";
import { splitWords } from "../../lib/text/word-split.js";
import { hardText } from "./arbitraries.js";

const split = (text: string) => splitWords(text).map((word) => word.text);

describe("word split", () => {
  const cases: [name: string, text: string, words: string][] = [
    ["nothing", "", ""],
    ["white space alone", " \t\r\n\u00a0\u2028\u0085\ufeff", ""],
    ["white space of all kinds", "a\tb\r\nc\u00a0d\u3000e", "a b c d e"],
    ["signs at both ends", '("Yes!")', '( " Yes ! " )'],
    ["inner hyphens", "all-rounder co-op 1996-08-30", "all-rounder co-op 1996-08-30"],
    ["outer hyphens", "-based pre-", "- based pre -"],
    ["names with apostrophe", "O'Neill d'Italia N’Djamena", "O'Neill d'Italia N’Djamena"],
    ["possessives", "Angela's cats’s IT'S students'", "Angela 's cats ’s IT 'S students '"],
    ["possessives of abbreviations", "Inc.'s U.S.’s", "Inc. 's U.S. ’s"],
    ["contractions", "didn't they're I've he'll can’t", "did n't they 're I 've he 'll ca n’t"],
    ["clitics that are words already", "John 's n't 've", "John 's n't 've"],
    ["quotes that are no clitics", "('s) 'stop", "( ' s ) ' stop"],
    ["numbers", "3.14% $5,000.00 10:30 1/2 1,000, 7.", "3.14 % $ 5,000.00 10:30 1/2 1,000 , 7 ."],
    ["signed numbers", "-5 +44 .45 x-5 (−3) 5+3", "-5 +44 .45 x-5 ( −3 ) 5 + 3"],
    ["money", "C$5 US$ 3 5€ £7", "C$ 5 US$ 3 5 € £ 7"],
    ["abbreviations", "Mr. Smith of the U.S. met Dr. X, Ph.D.", "Mr. Smith of the U.S. met Dr. X , Ph.D."],
    ["abbreviations within words", "U.S.-led a.m.-noon", "U.S.-led a.m.-noon"],
    ["small words that only look like abbreviations", "sat. dr. end.", "sat . dr . end ."],
    ["initials, but not at the end", "George W. Bush took vitamin C.", "George W. Bush took vitamin C ."],
    ["a full stop before closing signs", 'He said "no."', 'He said " no . "'],
    ["runs of one sign", "wait... -- `` '' !!! \"\"", "wait ... -- `` '' !!! \" \""],
    ["slashes and dashes", "and/or 1990–1995 a—b", "and / or 1990 – 1995 a — b"],
    ["letters with signs", "AT&T C++ C# a_b", "AT&T C++ C# a_b"],
    ["brackets within words", "word(s)[1]", "word ( s ) [ 1 ]"],
    [
      "links and addresses",
      "(www.a.org). http://a.b/c?d=1, me@x.org.",
      "( www.a.org ) . http://a.b/c?d=1 , me@x.org .",
    ],
    ["ideographs and kana", "東京タワーis", "東 京 タ ワ ー is"],
    ["Hangul, Arabic, Devanagari", "한국어 مرحبا हिन्दी", "한국어 مرحبا हिन्दी"],
    ["emoji", "ok👨‍👩‍👧🇩🇪1️⃣👍🏽!", "ok 👨‍👩‍👧 🇩🇪 1️⃣ 👍🏽 !"],
    ["combining marks", "e\u0301te\u0301.", "e\u0301te\u0301 ."],
    [
      "invisible characters stay",
      "zero\u200bwidth \u200b so\u00adft a\u0000b",
      "zero\u200bwidth \u200b so\u00adft a\u0000b",
    ],
    ["lone surrogates stay", "a\ud83d \ude00", "a\ud83d \ude00"],
  ];
  for (const [name, text, words] of cases) {
    it(`splits: ${name}`, () => assert.deepEqual(split(text), words === "" ? [] : words.split(" ")));
  }

  it("leaves already split text as it is", () => {
    const text =
      "\" We do n't agree , \" said Mr. O'Brien 's co-op of the U.S. , which paid C$ 5,000 ( 3 % ) ... -- `` so ''";
    assert.deepEqual(split(text), text.split(" "));
  });

  it("loses and changes nothing but white space", () => {
    fc.assert(
      fc.property(hardText, (text) => {
        let covered = 0;
        for (const { text: word, start, end } of splitWords(text)) {
          assert.ok(start < end);
          assert.equal(text.slice(start, end), word);
          assert.match(text.slice(covered, start), /^[\s\u0085]*$/u);
          assert.doesNotMatch(word, /[\s\u0085]/u);
          covered = end;
        }
        assert.match(text.slice(covered), /^[\s\u0085]*$/u);
      }),
      { numRuns: 2000 },
    );
  });

  it("cuts no grapheme, unless it holds white space", () => {
    const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
    const check = (text: string) => {
      const inside = new Set<number>();
      for (const { segment, index } of segmenter.segment(text)) {
        if (/[\s\u0085]/u.test(segment)) continue;
        for (let unit = 1; unit < segment.length; unit++) inside.add(index + unit);
      }
      for (const { start, end } of splitWords(text)) assert.ok(!inside.has(start) && !inside.has(end), text);
    };
    fc.assert(fc.property(hardText, check), { numRuns: 2000 });
    // Runs that are longer than one block of the segmenter, with the border at every place of a grapheme.
    for (const unit of ["👨‍👩‍👧", "🇩🇪", "👍🏽", "e\u0301", "हिन्दी"]) {
      for (let shift = 0; shift < 12; shift++) check("x".repeat(shift) + unit.repeat(150));
    }
    check("e" + "\u0301".repeat(3000) + "x.");
  });

  it("stays fast on long runs without white space", () => {
    for (const unit of ["a.,", "J.,", "'s", "👨‍👩‍👧", "हिन्दी", ".", "a's.", "http://", "(", "U.S.-"]) {
      const text = unit.repeat(20_000);
      const began = performance.now();
      splitWords(text);
      assert.ok(performance.now() - began < 2000, unit);
    }
  });
});
