import assert from "node:assert/strict";
import fc from "fast-check";
import { shapeCount, shapeOf, shapes } from "../../lib/text/word-shape.js";
import { hardText } from "./arbitraries.js";

describe("word shape", () => {
  const cases: [shape: keyof typeof shapes, words: string][] = [
    ["lower", "word naïve co-op o'clock ß éa word. ªb ﬁ привет 𝔲"],
    ["capitalised", "Word O'clock Élan Über Vitamin. Привет Co-op 𐐀𐐨"],
    ["upper", "EU U.S. AT&T A. É. İS ПРИВЕТ Ⅷ. -A"],
    ["oneCapital", "A É Ж 𐐀 Ⅷ"],
    ["mixed", "iPhone McDonald O'Neill NaCl ǅ ǅa 東京 한국 हिन्दी ½ US-led ℵ"],
    ["number", "1 1996 3.14 1,000 -5 1996-08-30 ٣ ² ① 10%"],
    ["lettersAndDigits", "F16 1980s 3rd B-52 x² H2O 東1"],
    ["symbols", ". -- … $ € 👍 ☃ \u0301 \u200b"],
  ];
  for (const [shape, words] of cases) {
    it(`knows ${shape}`, () => {
      for (const word of words.split(" ")) assert.equal(shapeOf(word), shapes[shape], word);
    });
  }

  it("gives the empty word the shape of symbols", () => assert.equal(shapeOf(""), shapes.symbols));

  it("gives every text one of the classes 1 to 8", () => {
    assert.equal(shapeCount, 10);
    fc.assert(
      fc.property(hardText, (text) => {
        const shape = shapeOf(text);
        assert.ok(Number.isInteger(shape) && shape >= 1 && shape <= 8);
      }),
    );
  });
});
