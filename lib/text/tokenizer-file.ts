import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CdlmError } from "../errors.js";
import { parseJson } from "../files/parse-json.js";
import type { AddedToken } from "./added-tokens.js";
import type { BertNormalizerOptions } from "./normalizer-map.js";

/** What a BERT `tokenizer.json` says. Its truncation and padding are left out: they would cut long texts silently. */
export interface TokenizerFile {
  /** Pieces and their ids. */
  vocabulary: ReadonlyMap<string, number>;
  unknownToken: string;
  /** Mark of a piece that continues a word, usually "##". */
  continuationPrefix: string;
  /** Longer words become one unknown piece. */
  maxCharactersPerWord: number;
  normalizer: BertNormalizerOptions;
  /** Tokens found in the raw text, and those found in the normalised text. */
  addedTokens: { raw: AddedToken[]; normalized: AddedToken[] };
  /** Pieces before and behind every text. */
  clsToken: string;
  sepToken: string;
}

const component = z.looseObject({ type: z.string() });
const addedToken = z.looseObject({
  content: z.string().min(1),
  id: z.int().nonnegative(),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  single_word: z.boolean().default(false),
  normalized: z.boolean().optional(),
  special: z.boolean().default(false),
});
const outline = z.looseObject({
  model: z.looseObject({ type: z.string().optional() }),
  normalizer: component.nullish(),
  pre_tokenizer: component.nullish(),
  post_processor: component.nullish(),
  added_tokens: z.array(addedToken).default([]),
});
const wordPiece = z.looseObject({
  vocab: z.custom<Record<string, unknown>>((value) => typeof value === "object" && value !== null),
  unk_token: z.string().default("[UNK]"),
  continuing_subword_prefix: z.string().default("##"),
  max_input_chars_per_word: z.int().positive().default(100),
});
const bertNormalizer = z.looseObject({
  clean_text: z.boolean().default(true),
  handle_chinese_chars: z.boolean().default(true),
  strip_accents: z.boolean().nullish(),
  lowercase: z.boolean().default(true),
});
const special = z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }) });
const template = z.looseObject({
  single: z.tuple([special, z.looseObject({ Sequence: z.looseObject({ id: z.literal("A") }) }), special]),
});
const bertProcessing = z.looseObject({
  cls: z.tuple([z.string(), z.int()]),
  sep: z.tuple([z.string(), z.int()]),
});

/** @throws CdlmError FILE_NOT_FOUND, or FILE_INVALID when the path cannot be read */
export async function readTokenizerFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const missing = ["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "");
    throw new CdlmError(missing ? "FILE_NOT_FOUND" : "FILE_INVALID", "the tokenizer cannot be read", {
      expected: "a tokenizer.json of Hugging Face's tokenizers library",
      received: missing ? "no such file" : (cause as Error).message,
      file: path,
      cause,
    });
  }
}

/**
 * Reads the bytes of a `tokenizer.json`.
 * @throws CdlmError FILE_INVALID when it is malformed; ARCHITECTURE_UNSUPPORTED when it describes anything but WordPiece
 * behind BERT's normaliser and pre-tokenizer
 */
export function parseTokenizerFile(json: Uint8Array, path: string): TokenizerFile {
  const file = check(outline, parseFile(json, path), path);
  // Files written by early versions of the library leave the type of the model out.
  const modelType = file.model.type ?? ("max_input_chars_per_word" in file.model ? "WordPiece" : undefined);
  demand("model", "WordPiece", modelType, path);
  demand("normalizer", "BertNormalizer", file.normalizer?.type, path);
  demand("pre_tokenizer", "BertPreTokenizer", file.pre_tokenizer?.type, path);
  const model = check(wordPiece, file.model, path, "model.");
  const normalizer = check(bertNormalizer, file.normalizer, path, "normalizer.");
  const found = file.added_tokens.map((token) => ({
    token: { ...token, singleWord: token.single_word },
    normalized: token.normalized ?? !token.special,
  }));
  return {
    vocabulary: readVocabulary(model.vocab, path),
    unknownToken: model.unk_token,
    continuationPrefix: model.continuing_subword_prefix,
    maxCharactersPerWord: model.max_input_chars_per_word,
    normalizer: {
      cleanText: normalizer.clean_text,
      spaceIdeographs: normalizer.handle_chinese_chars,
      stripAccents: normalizer.strip_accents ?? normalizer.lowercase,
      lowercase: normalizer.lowercase,
    },
    addedTokens: {
      raw: found.filter(({ normalized }) => !normalized).map(({ token }) => token),
      normalized: found.filter(({ normalized }) => normalized).map(({ token }) => token),
    },
    ...readBoundaries(file.post_processor, path),
  };
}

function parseFile(json: Uint8Array, path: string): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (cause) {
    throw invalid("the tokenizer is not JSON in UTF-8", "JSON", (cause as Error).message, path);
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, path: string, prefix = ""): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw invalid(
    `"${prefix}${issue.path.join(".")}" is wrong or missing`,
    "a tokenizer.json",
    issue.message,
    path,
  );
}

function demand(part: string, expected: string, received: string | undefined, path: string): void {
  if (received === expected) return;
  throw new CdlmError("ARCHITECTURE_UNSUPPORTED", `the tokenizer's ${part} is not BERT's`, {
    expected,
    received: received ?? "none",
    file: path,
    hint: "Use an encoder of the BERT family with a WordPiece vocabulary",
  });
}

function readVocabulary(vocab: Record<string, unknown>, path: string): Map<string, number> {
  const vocabulary = new Map<string, number>();
  const ids = new Set<number>();
  for (const [piece, id] of Object.entries(vocab)) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || ids.has(id)) {
      const expected = "an integer from 0 that no other piece has";
      throw invalid(
        `the vocabulary's id of ${JSON.stringify(piece)} is wrong`,
        expected,
        JSON.stringify(id),
        path,
      );
    }
    ids.add(id);
    vocabulary.set(piece, id);
  }
  return vocabulary;
}

/** The tokens around a text, from the post-processor; without one, BERT's usual names. */
function readBoundaries(
  processor: z.infer<typeof component> | null | undefined,
  path: string,
): { clsToken: string; sepToken: string } {
  if (!processor) return { clsToken: "[CLS]", sepToken: "[SEP]" };
  const bert = processor.type === "BertProcessing" ? bertProcessing.safeParse(processor) : undefined;
  if (bert?.success) return { clsToken: bert.data.cls[0], sepToken: bert.data.sep[0] };
  const filled = processor.type === "TemplateProcessing" ? template.safeParse(processor) : undefined;
  if (filled?.success) {
    const [cls, , sep] = filled.data.single;
    return { clsToken: cls.SpecialToken.id, sepToken: sep.SpecialToken.id };
  }
  throw new CdlmError("ARCHITECTURE_UNSUPPORTED", "the tokenizer's post_processor is not BERT's", {
    expected: "[CLS] text [SEP], by TemplateProcessing or BertProcessing",
    received: processor.type,
    file: path,
  });
}

function invalid(message: string, expected: string, received: string, file: string): CdlmError {
  return new CdlmError("FILE_INVALID", message, { expected, received, file });
}
