import type { Batches } from "./batches.js";
import {
  freshState,
  loadCheckpoint,
  readCheckpoint,
  removeCheckpoint,
  requireSameFingerprint,
  type CheckpointedModel,
  type TrainingState,
} from "./checkpoint.js";
import type { TrainingOptions } from "./options.js";

interface Run {
  /** Folder of the checkpoint. */
  out: string;
  options: TrainingOptions;
  resume: boolean;
  /** Whatever else must not change between a run and its resumption. */
  fingerprint: Record<string, unknown>;
}

/**
 * Where a run begins: at the checkpoint in `out`, whose tensors are loaded, where it is resumed and there is one; else at
 * the start. A checkpoint that the run does not resume is removed.
 * @throws CdlmError FILE_INVALID, VERSION_UNSUPPORTED; INVALID_STATE where options, data, device or products are others
 */
export async function restore(
  { out, options, resume, fingerprint: given }: Run,
  batches: Batches,
  model: CheckpointedModel,
): Promise<TrainingState> {
  const { checkpointSeconds: _, ...decisive } = options;
  const { device, level, products } = model.engine;
  const fingerprint = { ...given, options: decisive, device, level, products };
  const saved = resume ? await readCheckpoint(out) : undefined;
  if (!saved) {
    await removeCheckpoint(out); // of an earlier run, which nobody may take for one of this
    return freshState(fingerprint);
  }
  requireSameFingerprint(saved.state.fingerprint, fingerprint);
  batches.requireMoment(saved.state);
  await loadCheckpoint(saved.tensors, model);
  return saved.state;
}
