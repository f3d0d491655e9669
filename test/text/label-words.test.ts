import assert from "node:assert/strict";
import { labelWords } from "../../lib/text/label-words.js";

const known = new Set(["political", "party", "music", "genre", "gene", "or", "product", "musical", "artist", "organisation", "art"]); // prettier-ignore

describe("words of a label", () => {
  const cases: [type: string, words: string[]][] = [
    ["politicalparty", ["political", "party"]],
    ["musicGenre", ["music", "genre"]],
    ["Gene_or_gene_product", ["gene", "or", "gene", "product"]],
    ["music-genre", ["music", "genre"]],
    ["musicalartist", ["musical", "artist"]],
    ["organisation", ["organisation"]],
    ["MISC", ["miscellaneous"]],
    ["xyzzyq", ["xyzzyq"]],
    ["X", ["x"]],
    ["音楽", ["音楽"]],
  ];
  for (const [type, words] of cases)
    it(`${type}: ${words.join(" ")}`, () => assert.deepEqual(labelWords(type, (word) => known.has(word)), words)); // prettier-ignore
});
