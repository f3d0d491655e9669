import { checksumsOf } from "../../lib/data/dataset.js";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { checksumOf } from "../../lib/files/checksum.js";
import { createEngine, type DeviceOptions } from "../../lib/native/create-engine.js";
import { train } from "../../lib/trainer.js";
import { trainingOptionsOf, type TrainingOptionsInput } from "../../lib/training/options.js";
import type { TrainingProgress } from "../../lib/training/progress.js";
import type { Domains } from "./domains.js";
import { fingerprintOf } from "./fingerprint.js";
import type { DomainName } from "./suite.js";

export interface SourceRequest {
  encoder: string;
  domains: Domains;
  source: DomainName;
  options: TrainingOptionsInput;
  /** Folder of source models, each trained once and shared by all suites. */
  cache: string;
  device: DeviceOptions;
  signal?: AbortSignal;
  onProgress?: (progress: TrainingProgress) => void;
}

/** What decides a source model: encoder, data, options and precision, in which its users compute too. */
export async function sourceConfig({ encoder, domains, source, options, device }: SourceRequest) {
  const data = checksumsOf(await domains.load(source));
  const weights = await checksumOf(path.join(encoder, "model.safetensors"));
  return {
    encoder: path.basename(encoder),
    weights,
    domain: source,
    data,
    options: trainingOptionsOf(options),
    precision: await precisionOf(device),
  };
}

/** The precision that "auto" stands for here. */
async function precisionOf(device: DeviceOptions): Promise<string> {
  const engine = createEngine({ ...device, threads: 1 });
  const { precision } = engine;
  await engine.dispose();
  return precision;
}

/** The folder of the source model, trained now if it is not there. A run that was killed is gone on with. */
export async function sourceModel(request: SourceRequest): Promise<string> {
  const { encoder, domains, source, options, cache, device, signal, onProgress } = request;
  const folder = path.join(cache, `source-${fingerprintOf(await sourceConfig(request))}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  await mkdir(cache, { recursive: true });
  const data = await domains.load(source);
  const given = { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) };
  await train({ encoder, data, out: unfinished, options, device, resume: true, ...given });
  await rename(unfinished, folder);
  return folder;
}
