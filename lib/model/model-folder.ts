import { readFile } from "node:fs/promises";
import path from "node:path";
import { CdlmError } from "../errors.js";
import { writeAtomically, writeJsonAtomically } from "../files/atomic-file.js";
import { makeFolder } from "../files/make-folder.js";
import { SafetensorsFile } from "../files/safetensors.js";
import type { StoredTensor } from "../files/stored-tensor.js";
import { saveParameters, type TensorStore } from "../files/parameter-file.js";
import { writeTogether } from "../files/write-together.js";
import { Tokenizer } from "../text/tokenizer.js";
import type { TagSet } from "../text/tag-set.js";
import { readCdlmFile, type CdlmFile } from "./cdlm-file.js";
import { parseEncoderConfig, type EncoderConfig } from "./encoder-config.js";

/** A folder in Hugging Face's layout: an encoder, a fine-tuned `BertForTokenClassification`, or a model of ours. */
export interface ModelFolder {
  folder: string;
  config: EncoderConfig;
  tokenizer: Tokenizer;
  /** Present in our own model folders. */
  cdlm: CdlmFile | undefined;
}

/**
 * Reads all but the weights. Throws FILE_NOT_FOUND, FILE_INVALID, VERSION_UNSUPPORTED or ARCHITECTURE_UNSUPPORTED,
 * with the file.
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const file = path.join(folder, "config.json");
  const config = parseEncoderConfig(await readText(file), file);
  const tokenizer = await Tokenizer.load(folder);
  if (tokenizer.vocabularySize > config.vocab_size)
    throw new CdlmError("FILE_INVALID", "the tokenizer does not fit the model's vocabulary", {
      file: path.join(folder, "tokenizer.json"),
      expected: `at most ${config.vocab_size} pieces, as config.json says`,
      received: String(tokenizer.vocabularySize),
    });
  return { folder, config, tokenizer, cdlm: await readCdlmFile(folder) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const hint = "A model folder holds config.json, tokenizer.json and model.safetensors";
    throw new CdlmError(
      missing ? "FILE_NOT_FOUND" : "FILE_INVALID",
      missing ? "is missing" : "cannot be read",
      {
        file,
        hint,
        cause: error,
      },
    );
  }
}

export const weightsFile = (folder: string): string => path.join(folder, "model.safetensors");

/** The same tensors under the names that this file gives the encoder: with or without the prefix `bert.`. */
export function namedAsIn(file: SafetensorsFile, tensors: readonly StoredTensor[]): StoredTensor[] {
  const prefixed = file.tensors.has("bert.embeddings.word_embeddings.weight");
  return prefixed ? withPrefix(tensors) : [...tensors];
}

/** Saves a model so that `BertForTokenClassification` loads it too. All files are whole before the first takes its name. */
export async function writeModelFolder(
  folder: string,
  engine: TensorStore,
  tensors: readonly StoredTensor[],
  {
    config,
    tokenizer,
    cdlm,
    tagSet,
  }: Pick<ModelFolder, "config" | "tokenizer"> & { cdlm: CdlmFile; tagSet: TagSet },
): Promise<void> {
  await makeFolder(folder);
  const at = (name: string) => path.join(folder, name);
  await writeTogether(async (fileSystem) => {
    await writeAtomically(at("tokenizer.json"), (sink) => sink.write(tokenizer.json), fileSystem);
    await writeJsonAtomically(at("config.json"), tokenClassificationConfig(config, tagSet), fileSystem);
    await saveParameters(engine, weightsFile(folder), withPrefix(tensors), { format: "pt" }, { fileSystem });
    await writeJsonAtomically(at("cdlm.json"), cdlm, fileSystem);
  });
}

/** Only the encoder stands inside `bert.` in Hugging Face's class. */
function withPrefix(tensors: readonly StoredTensor[]): StoredTensor[] {
  const rename = (name: string) => (/^(embeddings|encoder)\./.test(name) ? `bert.${name}` : name);
  return tensors.map((tensor) => ({
    ...tensor,
    parts: tensor.parts.map((part) => ({ ...part, name: rename(part.name) })),
  }));
}

function tokenClassificationConfig(config: EncoderConfig, { tags }: TagSet): Record<string, unknown> {
  return {
    ...config,
    model_type: "bert",
    architectures: ["BertForTokenClassification"],
    id2label: Object.fromEntries(tags.map((tag, index) => [index, tag])),
    label2id: Object.fromEntries(tags.map((tag, index) => [tag, index])),
  };
}
