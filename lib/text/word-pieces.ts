import * as huggingFace from "@huggingface/tokenizers";
import type { TokenizerFile } from "./tokenizer-file.js";

// The package's own declarations name their files without ending, which Node's module resolution cannot follow.
interface Parts {
  BertPreTokenizer: new () => { pre_tokenize_text(text: string): string[] };
  WordPiece: new (config: {
    type: "WordPiece";
    vocab: Record<string, number>;
    unk_token: string;
    continuing_subword_prefix: string;
    max_input_chars_per_word: number;
  }) => { encode(words: string[]): string[] };
}
const { BertPreTokenizer, WordPiece } = huggingFace as unknown as Parts;

/** Receives one piece: its id, and the units [start, end) of the text that it stands for. */
export type EmitPiece = (id: number, start: number, end: number) => void;

/** Cuts normalised text into word pieces, with their places. */
export class WordPieces {
  private readonly preTokenizer = new BertPreTokenizer();
  private readonly model: InstanceType<Parts["WordPiece"]>;

  constructor(private readonly file: TokenizerFile) {
    this.model = new WordPiece({
      type: "WordPiece",
      vocab: Object.fromEntries(file.vocabulary),
      unk_token: file.unknownToken,
      continuing_subword_prefix: file.continuationPrefix,
      max_input_chars_per_word: file.maxCharactersPerWord,
    });
  }

  /** Pieces of units `from` to `to` of `text`, in order; a word without pieces in the vocabulary is one unknown piece. */
  split(text: string, from: number, to: number, emit: EmitPiece): void {
    const { vocabulary, unknownToken, continuationPrefix } = this.file;
    let at = from;
    for (const word of this.preTokenizer.pre_tokenize_text(text.slice(from, to))) {
      // Only white space lies between two words, so the next occurrence is the word itself.
      at = text.indexOf(word, at);
      const pieces = this.model.encode([word]);
      const unknown = pieces.length === 1 && pieces[0] === unknownToken;
      let start = at;
      pieces.forEach((piece, index) => {
        const length = unknown ? word.length : piece.length - (index > 0 ? continuationPrefix.length : 0);
        emit(vocabulary.get(piece)!, start, start + length);
        start += length;
      });
      at += word.length;
    }
  }
}
