import { mentionPool, type MentionPool } from "../data/interventions.js";
import type { Dataset } from "../data/dataset.js";
import { Random } from "../data/random.js";
import { SoftMeans } from "../model/label-nodes.js";
import type { Passage } from "../model/passages.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { analysed } from "./analysed.js";

/** A source type stands for a target type that the source model takes for it with at least this probability. */
const leastMass = 0.6;
/** Source types that hold whatever fits nowhere else: their mentions are of no type in particular. */
const catchAll = new Set(["misc", "other", "miscellaneous"]);

interface Source {
  model: TaggerModel;
  teacher: TaggerModel;
  passages: readonly Passage[];
  data: Dataset;
  signal?: AbortSignal | undefined;
}

/**
 * The target's pool with as many mentions again from the source, for the target types that the label graph maps to a
 * source type (METHOD 5.1).
 */
export async function withSourceMentions(pool: MentionPool, source: Source): Promise<MentionPool> {
  const mapping = await mappedTypes(source);
  const mentions = mentionPool(source.data.train);
  const random = Random.of(1, "source mentions");
  return new Map(
    [...pool].map(([type, own]) => {
      const others = mentions.get(mapping.get(type) ?? "") ?? [];
      return [type, [...own, ...random.shuffle(others).slice(0, own.length)]];
    }),
  );
}

/** Source type of each target type that has one. */
async function mappedTypes({ model, teacher, passages, signal }: Source): Promise<Map<string, string>> {
  const { types, size } = model.tagSet;
  const view = new SoftMeans(size, teacher.tagSet.size, 1);
  for await (const { scores, gold } of analysed(teacher, passages, signal)) view.add(scores, gold);
  const means = view.means();
  const mapping = new Map<string, string>();
  types.forEach((type, k) => {
    const [begin, inside] = [means[1 + 2 * k]!, means[2 + 2 * k]!];
    teacher.tagSet.types.forEach((candidate, s) => {
      const mass = [1 + 2 * s, 2 + 2 * s].reduce((sum, tag) => sum + (begin[tag]! + inside[tag]!) / 2, 0);
      if (mass >= leastMass && !catchAll.has(candidate.toLowerCase())) mapping.set(type, candidate);
    });
  });
  return mapping;
}
