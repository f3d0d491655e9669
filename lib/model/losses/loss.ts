import type { Tensor } from "../../graph/tensor.js";
import type { Scope } from "../../nn/scope.js";
import type { Objective } from "../objective.js";
import type { TaggerConfig, WordScores } from "../word-scores.js";

/** What a loss may read. */
export interface LossContext {
  readonly scope: Scope;
  readonly config: TaggerConfig;
  readonly objective: Objective;
  /** The head that is kept of the source model, where one is. */
  readonly kept?: TaggerConfig | undefined;
  /** The pass over the sentences as they are. */
  readonly words: WordScores;
  /** Tag of each word [words], -1 where none counts. */
  readonly gold: Tensor;
  /** State that the step changes, by name; losses add to it. */
  readonly assigns: Map<string, Tensor>;
}

/** One part of the objective beside the recognition itself (METHOD 7). */
export interface Loss {
  readonly name: string;
  /** λ; 0 leaves the part out. */
  weight(objective: Objective): number;
  /** It counts from the first update on, whatever `partsFrom` says. */
  readonly early?: true;
  /** [1], before its weight. */
  build(context: LossContext): Tensor;
}

/** Tag of each word that belongs to an entity [words], -1 on all others. */
export const entityGold = ({ scope }: LossContext): Tensor =>
  scope.graph.input("entityGold", "i32", ["words"]);
