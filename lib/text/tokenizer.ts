import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { CdlmError } from "../errors.js";
import { AddedTokenFinder } from "./added-tokens.js";
import { normalizeWithMap } from "./normalizer-map.js";
import { parseTokenizerFile, readTokenizerFile, type TokenizerFile } from "./tokenizer-file.js";
import { WordPieces, type EmitPiece } from "./word-pieces.js";

/** Pieces of a sentence with [CLS] and [SEP]; `wordIds[k]` is the word (from 0) of piece k, null for the two. */
export interface WordsEncoding {
  ids: number[];
  wordIds: (number | null)[];
}

/** Pieces of a text with [CLS] and [SEP]; `offsets[k]` are UTF-16 units [start, end) of the text, [0, 0] for the two. */
export interface TextEncoding {
  ids: number[];
  offsets: [start: number, end: number][];
}

/** Longer words are rare and not worth their memory. */
const longestCachedWord = 64;
const cachedWords = 50_000;
/** Longest time, in ms, that `encodeMany` keeps the event loop from turning; one word may add to it. */
const sliceMilliseconds = 4;

/** BERT's WordPiece tokenizer from a Hugging Face folder: ids and offsets equal to the Python library's. */
export class Tokenizer {
  readonly clsId: number;
  readonly sepId: number;
  readonly unkId: number;
  readonly maskId: number;
  readonly padId: number;
  /** Number of embedding rows that the ids need: the largest id + 1. */
  readonly vocabularySize: number;
  private readonly pieces: WordPieces;
  private readonly rawTokens: AddedTokenFinder;
  private readonly normalizedTokens: AddedTokenFinder;
  private readonly cache = new Map<string, readonly number[]>();

  private constructor(
    /** The bytes of `tokenizer.json`, as read: a model folder carries them on unchanged. */
    readonly json: Uint8Array,
    private readonly file: TokenizerFile,
    private readonly path: string,
  ) {
    this.clsId = this.idOf(file.clsToken);
    this.sepId = this.idOf(file.sepToken);
    this.unkId = this.idOf(file.unknownToken);
    this.maskId = this.idOf("[MASK]");
    this.padId = this.idOf("[PAD]");
    const { raw, normalized } = file.addedTokens;
    let largest = 0;
    for (const id of file.vocabulary.values()) largest = Math.max(largest, id);
    for (const { id } of [...raw, ...normalized]) largest = Math.max(largest, id);
    this.vocabularySize = largest + 1;
    this.pieces = new WordPieces(file);
    this.rawTokens = new AddedTokenFinder(raw);
    const normalize = (content: string) => normalizeWithMap(content, file.normalizer).text;
    const searched = normalized.map((token) => ({ ...token, content: normalize(token.content) }));
    this.normalizedTokens = new AddedTokenFinder(searched.filter(({ content }) => content !== ""));
  }

  /**
   * Reads `tokenizer.json` of a folder.
   * @throws CdlmError FILE_NOT_FOUND, FILE_INVALID, or ARCHITECTURE_UNSUPPORTED for anything but BERT's WordPiece
   */
  static async load(folder: string): Promise<Tokenizer> {
    const path = join(folder, "tokenizer.json");
    return Tokenizer.fromJson(await readTokenizerFile(path), path);
  }

  /**
   * A tokenizer from the bytes of a `tokenizer.json`.
   * @param path where they came from, for messages
   * @throws CdlmError as `load`
   */
  static fromJson(json: Uint8Array, path = "tokenizer.json"): Tokenizer {
    return new Tokenizer(json, parseTokenizerFile(json, path), path);
  }

  /** Piece ids of one word, without special tokens; none for a word of nothing but invisible characters. */
  encodeWord(word: string): readonly number[] {
    const known = this.cache.get(word);
    if (known !== undefined) return known;
    const ids: number[] = [];
    this.encode(word, (id) => ids.push(id));
    if (word.length <= longestCachedWord) {
      if (this.cache.size >= cachedWords) this.cache.delete(this.cache.keys().next().value!);
      this.cache.set(word, ids);
    }
    return ids;
  }

  /** As `encodeWord`, but a word without pieces gets the unknown token: every word has a first piece. */
  piecesOfWord(word: string): readonly number[] {
    const ids = this.encodeWord(word);
    return ids.length > 0 ? ids : [this.unkId];
  }

  /** A sentence of words between [CLS] and [SEP]. As in the Python library, a word may be without pieces. */
  encodeWords(words: readonly string[]): WordsEncoding {
    const encoding = this.open();
    words.forEach((word, index) => this.append(encoding, word, index));
    return this.close(encoding);
  }

  /**
   * `encodeWords` of many sentences, in slices of a few milliseconds between turns of the event loop.
   * @throws CdlmError CANCELLED when the signal fires
   */
  async encodeMany(
    sentences: Iterable<readonly string[]>,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<WordsEncoding[]> {
    const encodings: WordsEncoding[] = [];
    let sliceStart = performance.now();
    for (const words of sentences) {
      const encoding = this.open();
      for (let index = 0; index < words.length; index++) {
        this.append(encoding, words[index]!, index);
        if (performance.now() - sliceStart < sliceMilliseconds) continue;
        await nextTurn();
        sliceStart = performance.now();
        if (signal?.aborted)
          throw new CdlmError("CANCELLED", "encoding was cancelled", { cause: signal.reason });
      }
      encodings.push(this.close(encoding));
    }
    return encodings;
  }

  /** A raw text between [CLS] and [SEP]. Literal "[MASK]" and the like become special tokens, as in the library. */
  encodeText(text: string): TextEncoding {
    const ids = [this.clsId];
    const offsets: [number, number][] = [[0, 0]];
    this.encode(text, (id, start, end) => {
      ids.push(id);
      offsets.push([start, end]);
    });
    ids.push(this.sepId);
    offsets.push([0, 0]);
    return { ids, offsets };
  }

  private open(): WordsEncoding {
    return { ids: [this.clsId], wordIds: [null] };
  }

  private append({ ids, wordIds }: WordsEncoding, word: string, index: number): void {
    for (const id of this.encodeWord(word)) {
      ids.push(id);
      wordIds.push(index);
    }
  }

  private close(encoding: WordsEncoding): WordsEncoding {
    encoding.ids.push(this.sepId);
    encoding.wordIds.push(null);
    return encoding;
  }

  /** Added tokens first, then normalisation, added tokens of normalised form, and word pieces of what is left. */
  private encode(text: string, emit: EmitPiece): void {
    for (const raw of this.rawTokens.split(text)) {
      if (raw.id !== undefined) {
        emit(raw.id, raw.start, raw.end);
        continue;
      }
      const {
        text: normal,
        starts,
        ends,
      } = normalizeWithMap(text.slice(raw.start, raw.end), this.file.normalizer, raw.start);
      const emitMapped: EmitPiece = (id, start, end) => emit(id, starts[start]!, ends[end - 1]!);
      for (const { start, end, id } of this.normalizedTokens.split(normal)) {
        if (id !== undefined) emitMapped(id, start, end);
        else this.pieces.split(normal, start, end, emitMapped);
      }
    }
  }

  private idOf(token: string): number {
    const added = [...this.file.addedTokens.raw, ...this.file.addedTokens.normalized];
    const id = this.file.vocabulary.get(token) ?? added.find(({ content }) => content === token)?.id;
    if (id !== undefined) return id;
    throw new CdlmError("FILE_INVALID", `the vocabulary has no ${token}`, {
      expected: "a vocabulary with [CLS], [SEP], [UNK], [MASK] and [PAD]",
      received: `${this.file.vocabulary.size} pieces without it`,
      file: this.path,
    });
  }
}
