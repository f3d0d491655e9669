import assert from "node:assert/strict";
import fc from "fast-check";
import { CdlmError } from "../../lib/errors.js";
import { packSentences, type PieceSource } from "../../lib/text/packing.js";
import { shapeOf } from "../../lib/text/word-shape.js";
import { hardText } from "./arbitraries.js";

/** One piece per UTF-16 unit: its code + 10; nothing for an empty word but the unknown token 1. */
const units: PieceSource = {
  clsId: 2,
  sepId: 3,
  piecesOfWord: (word) =>
    word === "" ? [1] : Array.from({ length: word.length }, (_, k) => word.charCodeAt(k) + 10),
};

describe("packing", () => {
  it("lays sentences end to end", () => {
    const batch = packSentences([["Ab", "7"], [], ["", "c"]], units, { maxPositions: 8 });
    const plain = Object.fromEntries(
      Object.entries(batch).map(([name, array]) => [name, [...(array as Int32Array)]]),
    );
    assert.deepEqual(plain, {
      pieces: [2, 75, 108, 65, 3, 2, 3, 2, 1, 109, 3],
      positions: [0, 1, 2, 3, 4, 0, 1, 0, 1, 2, 3],
      shapes: [0, 2, 2, 6, 0, 0, 0, 0, 8, 1, 0],
      wordOfPiece: [-1, 0, 0, 1, -1, -1, -1, -1, 2, 3, -1],
      firstPieces: [1, 3, 8, 9],
      sentences: [0, 5, 5, 2, 7, 4],
      words: [0, 2, 2, 0, 2, 2],
    });
  });

  it("packs no sentence at all", () => {
    const batch = packSentences([], units, { maxPositions: 8 });
    for (const array of Object.values(batch) as Int32Array[]) assert.equal(array.length, 0);
  });

  it("keeps every word's pieces, shape and sentence", () => {
    fc.assert(
      fc.property(fc.array(fc.array(hardText, { maxLength: 5 }), { maxLength: 5 }), (sentences) => {
        const batch = packSentences(sentences, units, { maxPositions: 10_000 });
        const words = sentences.flat();
        const pieces: number[][] = words.map(() => []);
        batch.pieces.forEach((id, piece) => {
          const word = batch.wordOfPiece[piece]!;
          if (word < 0) return assert.ok(batch.shapes[piece] === 0 && (id === 2 || id === 3));
          pieces[word]!.push(id);
          assert.equal(batch.shapes[piece], shapeOf(words[word]!));
        });
        words.forEach((word, index) => {
          assert.deepEqual(pieces[index], units.piecesOfWord(word));
          assert.equal(batch.wordOfPiece.indexOf(index), batch.firstPieces[index]);
        });
        sentences.forEach((_, index) => {
          const [start, length] = batch.sentences.subarray(2 * index, 2 * index + 2) as unknown as [
            number,
            number,
          ];
          assert.equal(batch.pieces[start], 2);
          assert.equal(batch.pieces[start + length - 1], 3);
          assert.deepEqual(
            [...batch.positions.subarray(start, start + length)],
            Array.from({ length }, (_, k) => k),
          );
          const [first, count] = batch.words.subarray(2 * index, 2 * index + 2) as unknown as [
            number,
            number,
          ];
          assert.deepEqual(words.slice(first, first + count), sentences[index]);
        });
      }),
    );
  });

  it("cuts a word that fills more than a sentence, and nothing else", () => {
    const batch = packSentences([["abcdefgh"], ["abcdef"]], units, { maxPositions: 8 });
    assert.equal(batch.sentences[1], 8);
    assert.deepEqual([...batch.pieces.subarray(0, 8)], [2, 107, 108, 109, 110, 111, 112, 3]);
    assert.equal(batch.sentences[3], 8);
    assert.equal(packSentences([["abcdefg"]], units, { maxPositions: 8 }).sentences[1], 8);
  });

  it("refuses a sentence that does not fit and impossible room", () => {
    const code = (expected: string) => (error: unknown) =>
      error instanceof CdlmError && error.code === expected;
    assert.throws(
      () => packSentences([["a"], ["abc", "defg"]], units, { maxPositions: 8 }),
      code("SHAPE_MISMATCH"),
    );
    assert.throws(() => packSentences([], units, { maxPositions: 2 }), code("INVALID_OPTION"));
  });
});
