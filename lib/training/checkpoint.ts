import { readFile, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CdlmError } from "../errors.js";
import { writeJsonAtomically } from "../files/atomic-file.js";
import { makeFolder } from "../files/make-folder.js";
import { loadParameters, parameterEntries } from "../files/parameter-file.js";
import { parseJson } from "../files/parse-json.js";
import { SafetensorsFile } from "../files/safetensors.js";
import type { StoredTensor } from "../files/stored-tensor.js";
import { writing } from "../files/write-failure.js";
import { writeSafetensors } from "../files/write-safetensors.js";
import { Slot } from "../native/contract.js";
import type { Engine } from "../native/engine.js";
import type { ParameterSpec } from "../nn/scope.js";

const formatVersion = 1;

const stateSchema = z.object({
  formatVersion: z.literal(formatVersion),
  /** File of the tensors, in the same folder. */
  tensors: z.string(),
  /** Everything that decides the further course: options, data, instruction level, precision. Resuming with others is refused. */
  fingerprint: z.record(z.string(), z.unknown()),
  /** Next batch to run. */
  epoch: z.int().min(0),
  batch: z.int().min(0),
  /** Updates done. */
  step: z.int().min(0),
  /** Best dev score so far and when; null before the first. */
  best: z.object({ f1: z.number(), epoch: z.int() }).nullable(),
  /** Last epoch that was scored on dev. */
  evaluatedEpoch: z.int().min(0),
  evaluationsWithoutGain: z.int().min(0),
  /** Length of the metrics file at this point, in bytes. */
  metricsBytes: z.int().min(0),
});

export type TrainingState = Omit<z.infer<typeof stateSchema>, "formatVersion" | "tensors">;

export const freshState = (fingerprint: Record<string, unknown>): TrainingState => ({
  fingerprint,
  epoch: 0,
  batch: 0,
  step: 0,
  best: null,
  evaluatedEpoch: 0,
  evaluationsWithoutGain: 0,
  metricsBytes: 0,
});

/** What a checkpoint holds beside the state of the run. */
export interface CheckpointedModel {
  readonly engine: Engine;
  readonly parameters: readonly ParameterSpec[];
  readonly states: readonly StoredTensor[];
}

const slots = [Slot.value, Slot.moment1, Slot.moment2] as const;

const folderIn = (out: string): string => path.join(out, "checkpoint");

/**
 * Writes parameters, optimiser moments and the state of the run under `out`/checkpoint. The state file names the tensor
 * file and is replaced last, so a kill at any moment leaves the earlier checkpoint or the new one.
 */
export async function writeCheckpoint(
  out: string,
  { engine, parameters, states }: CheckpointedModel,
  state: TrainingState,
): Promise<void> {
  const folder = folderIn(out);
  await makeFolder(folder);
  const tensors = `step-${state.step}-${state.epoch}-${state.batch}.safetensors`;
  const entries = slots.flatMap((slot) => parameterEntries(engine, parameters, slot));
  await writeSafetensors(path.join(folder, tensors), [...entries, ...parameterEntries(engine, states)]);
  await writeJsonAtomically(path.join(folder, "state.json"), { formatVersion, tensors, ...state });
  await removeFiles(folder, (file) => file !== tensors && file !== "state.json");
}

/**
 * Reads the state of `out`/checkpoint and the path of its tensors; undefined where there is none.
 * @throws CdlmError FILE_INVALID, VERSION_UNSUPPORTED
 */
export async function readCheckpoint(
  out: string,
): Promise<{ state: TrainingState; tensors: string } | undefined> {
  const file = path.join(folderIn(out), "state.json");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new CdlmError("FILE_INVALID", "cannot be read", { file, cause: error });
  });
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new CdlmError("FILE_INVALID", "is not JSON", { file, cause });
  }
  const parsed = stateSchema.safeParse(value);
  if (parsed.success) {
    const { formatVersion: _, tensors, ...state } = parsed.data;
    return { state, tensors: path.join(folderIn(out), tensors) };
  }
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === "number" && version !== formatVersion)
    throw new CdlmError("VERSION_UNSUPPORTED", "was written by another version of this package", {
      file,
      expected: `format version ${formatVersion}`,
      received: String(version),
    });
  const [issue] = parsed.error.issues;
  throw new CdlmError("FILE_INVALID", `${issue!.path.join(".")}: ${issue!.message}`, { file });
}

/** Loads the tensors of a checkpoint into the engine. */
export async function loadCheckpoint(tensors: string, { engine, parameters, states }: CheckpointedModel) {
  await using file = await SafetensorsFile.open(tensors);
  for (const slot of slots) await loadParameters(engine, file, parameters, { slot });
  await loadParameters(engine, file, states);
}

/** Removes what a run that was killed while it wrote has left in `out`. */
export async function removeUnfinishedFiles(out: string): Promise<void> {
  await removeFiles(out, (file) => /\.[0-9a-f]{8}\.tmp$/.test(file));
}

async function removeFiles(folder: string, isUnwanted: (file: string) => boolean): Promise<void> {
  await writing(folder, async () => {
    for (const file of (await readdir(folder)).filter(isUnwanted)) await rm(path.join(folder, file), { force: true }); // prettier-ignore
  });
}

export async function removeCheckpoint(out: string): Promise<void> {
  const folder = folderIn(out);
  await writing(folder, () => rm(folder, { recursive: true, force: true }));
}

/** Throws INVALID_STATE that names the first difference between what a run was begun with and what it is resumed with. */
export function requireSameFingerprint(then: Record<string, unknown>, now: Record<string, unknown>): void {
  const [before, after] = [flattened(then), flattened(now)];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [expected, received] = [before.get(key), after.get(key)];
    if (expected === received) continue;
    throw new CdlmError("INVALID_STATE", `the run cannot be resumed: ${key} has changed since it was begun`, {
      expected: expected ?? "nothing",
      received: received ?? "nothing",
      hint: "Resume with the same data, options, precision and processor level, or start anew without --resume",
    });
  }
}

/** Values as JSON by their path, e.g. "options.seed". */
function flattened(value: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== "object" || value === null) {
    if (value !== undefined) found.set(path, JSON.stringify(value));
    return found;
  }
  for (const [key, inner] of Object.entries(value)) flattened(inner, path ? `${path}.${key}` : key, found);
  return found;
}
