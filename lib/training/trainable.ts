import type { StoredTensor } from "../files/stored-tensor.js";
import type { Passage } from "../model/passages.js";
import type { Losses } from "../model/tagger-model.js";
import type { Engine } from "../native/engine.js";
import type { ParameterSpec } from "../nn/scope.js";
import type { TagSet } from "../text/tag-set.js";
import type { Tokenizer } from "../text/tokenizer.js";

/** What a run of training asks of a model: a tagger, or any other that tells its loss and tags sentences. */
export interface Trainable {
  readonly engine: Engine;
  /** Trained, and kept in checkpoints. */
  readonly parameters: readonly ParameterSpec[];
  /** Kept in checkpoints. */
  readonly states: readonly StoredTensor[];
  /** Of the data. */
  readonly tagSet: TagSet;
  readonly tokenizer: Tokenizer;
  readonly maxPositions: number;
  /**
   * Losses of a batch; the gradients are in the engine afterwards. `key`: (seed, step) of everything random; `progress`:
   * share of all updates that are done.
   */
  lossOf(
    passages: readonly Passage[],
    key: readonly [number, number],
    options?: { signal?: AbortSignal | undefined; accumulate?: boolean; progress?: number },
  ): Promise<Losses>;
  /** Working memory that `lossOf` takes, in bytes, where it can be told before. */
  workingBytes?(passages: readonly Passage[]): number;
  tagSentences(
    sentences: readonly (readonly string[])[],
    options?: { signal?: AbortSignal | undefined },
  ): Promise<{ tags: string[] }[]>;
  save(folder: string, provenance: Record<string, unknown>): Promise<void>;
}
