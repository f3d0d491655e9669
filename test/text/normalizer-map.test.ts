import assert from "node:assert/strict";
import fc from "fast-check";
import { normalizeWithMap, type BertNormalizerOptions } from "../../lib/text/normalizer-map.js";
import { hardText } from "./arbitraries.js";

const uncased: BertNormalizerOptions = {
  cleanText: true,
  spaceIdeographs: true,
  stripAccents: true,
  lowercase: true,
};
const untouched: BertNormalizerOptions = {
  cleanText: false,
  spaceIdeographs: false,
  stripAccents: false,
  lowercase: false,
};
const normal = (text: string, options = uncased) => normalizeWithMap(text, options).text;

describe("normaliser with character map", () => {
  it("spaces out the first and last ideograph of every block, and nothing beside them", () => {
    const blocks = [
      0x3400, 0x4dbf, 0x4e00, 0x9fff, 0x20000, 0x2a6df, 0x2a700, 0x2b73f, 0x2b740, 0x2b81f, 0x2b920, 0x2ceaf,
    ];
    for (const code of blocks) {
      const character = String.fromCodePoint(code);
      assert.equal(normal(`a${character}b`), `a ${character} b`);
      assert.equal(normal(character, untouched), character);
    }
    assert.equal(normal("\uf900\u{2f800}"), " \u8c48  \u4e3d ", "compatibility ideographs are decomposed");
    for (const code of [0x33ff, 0x4dc0, 0x3042, 0x30a2, 0xac00, 0x1f600]) {
      assert.doesNotMatch(normal(`a${String.fromCodePoint(code)}b`), / /);
    }
  });

  const cases: [name: string, text: string, expected: string][] = [
    ["all white space is a blank", "a\tb\nc\rd\u00a0e\u2028f\u3000g", "a b c d e f g"],
    [
      "control and format characters vanish",
      "a\u0000\u000b\u0085\u00ad\u200b\u200d\ufeff\ufffd\ue000\ud83db",
      "ab",
    ],
    ["case and accents go", "ÉCOLE Żółć İ ΑΣ ẞ", "ecole zołc i ασ ß"],
    ["marks alone vanish", "e\u0301 \u0301", "e "],
    ["compatibility characters stay", "ﬁ ² ½ Ｆ", "ﬁ ² ½ ｆ"],
    ["Hangul is decomposed", "한", "\u1112\u1161\u11ab"],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.equal(normal(text), expected));

  it("maps every unit to its source character", () => {
    assert.deepEqual(normalizeWithMap("É한\u0000😀", uncased, 5), {
      text: "e\u1112\u1161\u11ab😀",
      starts: [5, 6, 6, 6, 8, 8],
      ends: [6, 7, 7, 7, 10, 10],
    });
    fc.assert(
      fc.property(hardText, fc.boolean(), (text, lowercase) => {
        const { text: normalized, starts, ends } = normalizeWithMap(text, { ...uncased, lowercase });
        assert.equal(starts.length, normalized.length);
        for (let unit = 0; unit < normalized.length; unit++) {
          const source = text.slice(starts[unit], ends[unit]);
          assert.equal([...source].length, 1);
          assert.ok(normal(source, { ...uncased, lowercase }).includes(normalized[unit]!));
          assert.ok(unit === 0 || starts[unit]! >= starts[unit - 1]!);
        }
      }),
    );
  });

  it("changes nothing when nothing is asked", () => {
    fc.assert(fc.property(hardText, (text) => assert.equal(normal(text, untouched), text)));
  });
});
