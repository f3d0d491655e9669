import path from "node:path";
import { CdlmError } from "../errors.js";
import { makeFolder } from "../files/make-folder.js";
import { SafetensorsFile } from "../files/safetensors.js";
import { writeChecked } from "./checked-file.js";
import { hubFile, type HubFile, type HubOptions } from "./hub-file.js";
import { reasonOf } from "./network-failure.js";

export interface PullProgress {
  file: string;
  /** Bytes. */
  done: number;
  total: number | undefined;
}

export interface PullOptions extends HubOptions {
  /** Branch, tag or commit. Default: "main". */
  revision?: string | undefined;
  onProgress?: ((progress: PullProgress) => void) | undefined;
}

export const encoderFiles = ["config.json", "tokenizer.json", "model.safetensors"] as const;

/**
 * Brings an encoder of the BERT family from the Hugging Face hub into a folder. Files appear whole or not at all; the
 * weights come last, after the configuration was found to be BERT's. Rejects with the signal's reason when aborted.
 * @param repo e.g. "google-bert/bert-base-cased"
 * @throws CdlmError INVALID_OPTION, NETWORK_FAILED, ARCHITECTURE_UNSUPPORTED, FILE_INVALID, FILE_WRITE_FAILED;
 * FILE_NOT_FOUND when the repository lacks a file
 */
export async function pull(repo: string, out: string, options: PullOptions = {}): Promise<void> {
  checkName(repo);
  options.signal?.throwIfAborted();
  await makeFolder(out);
  for (const name of encoderFiles) {
    const target = path.join(out, name);
    try {
      await download(repo, name, target, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error instanceof CdlmError && error.code !== "NETWORK_FAILED"
        ? error
        : offline(repo, out, name, error);
    }
  }
  // A last look: what was received is what the hub has, which need not be a valid file.
  await (await SafetensorsFile.open(path.join(out, "model.safetensors"))).close();
}

async function download(repo: string, name: string, target: string, options: PullOptions): Promise<void> {
  const { revision = "main", onProgress } = options;
  const found = await hubFile(repo, revision, name, options);
  if (!found) throw lacking(repo, revision, name);
  const { expected } = found;
  const chunks = name === "config.json" ? ofBert(found, target) : found.chunks;
  await writeChecked(target, chunks, expected, (done) =>
    onProgress?.({ file: name, done, total: expected.bytes }),
  );
}

function checkName(repo: string): void {
  if (/^[\w.-]+(\/[\w.-]+)?$/.test(repo)) return;
  throw new CdlmError("INVALID_OPTION", "this is no name of a repository on the hub", {
    expected: "OWNER/NAME, e.g. google-bert/bert-base-cased",
    received: JSON.stringify(repo),
  });
}

/** Holds a configuration back until it is known to be BERT's. */
async function* ofBert({ chunks }: HubFile, file: string): AsyncGenerator<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const json = Buffer.concat(parts);
  const type = modelTypeIn(json.toString("utf8"));
  if (type !== "bert") {
    throw new CdlmError("ARCHITECTURE_UNSUPPORTED", "this model is not of the BERT family", {
      expected: '"model_type": "bert"',
      received: JSON.stringify(type) ?? "none",
      file,
    });
  }
  yield json;
}

function modelTypeIn(json: string): unknown {
  try {
    return (JSON.parse(json) as { model_type?: unknown } | null)?.model_type;
  } catch {
    return undefined;
  }
}

function lacking(repo: string, revision: string, name: string): CdlmError {
  return new CdlmError("FILE_NOT_FOUND", `"${repo}" at "${revision}" has no ${name}`, {
    expected: encoderFiles.join(", "),
    hint: "Choose a repository that has all of them; transformers' save_pretrained writes what older ones lack",
  });
}

function offline(repo: string, out: string, name: string, error: unknown): CdlmError {
  return new CdlmError("NETWORK_FAILED", `${name} of "${repo}" cannot be downloaded: ${reasonOf(error)}`, {
    hint: `Without a network, copy ${encoderFiles.join(", ")} of the model into ${path.resolve(out)} yourself`,
    cause: error,
  });
}
