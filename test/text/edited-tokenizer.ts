import { Tokenizer } from "../../lib/text/tokenizer.js";

/** The parts of a tokenizer.json, to be changed in place. */
export type TokenizerParts = Record<string, Record<string, unknown>>;

/** A tokenizer from the bytes of a tokenizer.json with some parts replaced. */
export function editedTokenizer(
  bytes: Buffer,
  edit: (file: TokenizerParts) => void,
  path = "a/tokenizer.json",
): Tokenizer {
  const file = JSON.parse(bytes.toString()) as TokenizerParts;
  edit(file);
  return Tokenizer.fromJson(Buffer.from(JSON.stringify(file)), path);
}
