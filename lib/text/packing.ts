import { CdlmError } from "../errors.js";
import type { Tokenizer } from "./tokenizer.js";
import { shapeOf, shapes } from "./word-shape.js";

/**
 * Sentences laid end to end, without padding, as the encoder takes them. Extents: `pieces`, `words`, `sentences` of the
 * whole batch. Every sentence is [CLS], the pieces of its words, [SEP].
 */
export interface PackedBatch {
  /** [pieces] ids. */
  pieces: Int32Array;
  /** [pieces] place within the sentence, from 0. */
  positions: Int32Array;
  /** [pieces] shape class of the piece's word; 0 for special pieces. */
  shapes: Int32Array;
  /** [pieces] index of the piece's word in the batch; −1 for special pieces. */
  wordOfPiece: Int32Array;
  /** [words] index of each word's first piece in the batch. */
  firstPieces: Int32Array;
  /** [sentences × 2] first piece and number of pieces. */
  sentences: Int32Array;
  /** [sentences × 2] first word and number of words. */
  words: Int32Array;
}

/** What packing needs of a tokenizer. */
export type PieceSource = Pick<Tokenizer, "clsId" | "sepId" | "piecesOfWord">;

export interface PackOptions {
  /** Most pieces of a sentence, [CLS] and [SEP] included: the encoder's positions, at least 3. */
  maxPositions: number;
}

/** Pieces of one word that fit into a sentence of `maxPositions` pieces beside [CLS] and [SEP]. */
export function piecesThatFit(maxPositions: number): number {
  if (Number.isInteger(maxPositions) && maxPositions >= 3) return maxPositions - 2;
  throw new CdlmError("INVALID_OPTION", "maxPositions leaves no room for a word", {
    expected: "an integer of at least 3",
    received: String(maxPositions),
  });
}

/**
 * Packs sentences of words. A word with more pieces than a whole sentence may have keeps its first ones only; longer
 * sentences are to be cut beforehand (`planWindows`).
 * @throws CdlmError SHAPE_MISMATCH when a sentence has more than `maxPositions` pieces; INVALID_OPTION
 */
export function packSentences(
  sentences: readonly (readonly string[])[],
  tokenizer: PieceSource,
  { maxPositions }: PackOptions,
): PackedBatch {
  const room = piecesThatFit(maxPositions);
  const cut = (ids: readonly number[]) => (ids.length > room ? ids.slice(0, room) : ids);
  const encoded = sentences.map((words) => words.map((word) => cut(tokenizer.piecesOfWord(word))));
  const lengths = encoded.map((words, index) => {
    const length = words.reduce((sum, ids) => sum + ids.length, 2);
    if (length > maxPositions) throw tooLong(index, length, maxPositions);
    return length;
  });
  const batch = allocate(encoded, lengths);
  let piece = 0;
  let word = 0;
  encoded.forEach((idsOfWords, index) => {
    const start = piece;
    const put = (id: number, shape: number, owner: number) => {
      batch.pieces[piece] = id;
      batch.positions[piece] = piece - start;
      batch.shapes[piece] = shape;
      batch.wordOfPiece[piece++] = owner;
    };
    batch.sentences.set([start, lengths[index]!], 2 * index);
    batch.words.set([word, idsOfWords.length], 2 * index);
    put(tokenizer.clsId, shapes.none, -1);
    idsOfWords.forEach((ids, at) => {
      const shape = shapeOf(sentences[index]![at]!);
      batch.firstPieces[word] = piece;
      for (const id of ids) put(id, shape, word);
      word++;
    });
    put(tokenizer.sepId, shapes.none, -1);
  });
  return batch;
}

function allocate(encoded: readonly (readonly unknown[])[], lengths: readonly number[]): PackedBatch {
  const pieces = lengths.reduce((sum, length) => sum + length, 0);
  return {
    pieces: new Int32Array(pieces),
    positions: new Int32Array(pieces),
    shapes: new Int32Array(pieces),
    wordOfPiece: new Int32Array(pieces),
    firstPieces: new Int32Array(encoded.reduce((sum, words) => sum + words.length, 0)),
    sentences: new Int32Array(2 * encoded.length),
    words: new Int32Array(2 * encoded.length),
  };
}

function tooLong(index: number, length: number, maxPositions: number): CdlmError {
  return new CdlmError("SHAPE_MISMATCH", `sentence ${index + 1} of the batch does not fit the encoder`, {
    expected: `at most ${maxPositions} pieces with [CLS] and [SEP]`,
    received: `${length} pieces`,
    hint: "Cut long sentences into windows first",
  });
}
