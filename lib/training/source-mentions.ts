import { mentionPool, type MentionPool } from "../data/interventions.js";
import type { Dataset } from "../data/dataset.js";
import { Random } from "../data/random.js";
import { collapsed, labelNodes, nodesOf, SoftMeans, type LabelNodes } from "../model/label-nodes.js";
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
 * The target's pool with as many mentions again from the source, for the target types whose words the source
 * model takes for one of its own (METHOD 5.1).
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
  const [nodes, sourceNodes] = [model, teacher].map(({ tagSet }) => labelNodes(tagSet, "types")) as [LabelNodes, LabelNodes]; // prettier-ignore
  const view = new SoftMeans(nodes.count, teacher.tagSet.size, 1);
  for await (const { scores, gold } of analysed(teacher, passages, signal)) view.add(scores, nodesOf(gold, nodes)); // prettier-ignore
  const mapping = new Map<string, string>();
  view.means().forEach((mean, node) => {
    const type = nodes.types[node];
    collapsed(mean, sourceNodes).forEach((mass, sourceNode) => {
      const candidate = sourceNodes.types[sourceNode];
      if (type === undefined || candidate === undefined || mass < leastMass) return;
      if (!catchAll.has(candidate.toLowerCase())) mapping.set(type, candidate);
    });
  });
  return mapping;
}
