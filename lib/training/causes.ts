import { readLines } from "../data/text-lines.js";
import { offsetsOf, textOf, type Sentence, type WordOffsets } from "../data/sentence.js";
import { CdlmError } from "../errors.js";
import { causalGraphSchema, causesOf, type CausalGraph, type Variable } from "../llm/causal-document.js";
import type { WordCause } from "../model/passages.js";
import type { TagSet } from "../text/tag-set.js";

/** Validated causes by the text of their sentence. */
export type Causes = ReadonlyMap<string, readonly WordCause[]>;

/**
 * Reads what `cdlm causal` wrote about training sentences (METHOD 6.5): one graph a line. Words count that lie in the
 * place of a cause whose effect is a label, or a mention of it.
 * @throws CdlmError DATA_INVALID with the line for a graph of another text, LABEL_MISMATCH for a type that is not trained
 */
export async function readCauses(
  file: string,
  sentences: readonly Sentence[],
  tagSet: TagSet,
  signal?: AbortSignal,
): Promise<Causes> {
  const byText = new Map(sentences.map((sentence) => [textOf(sentence), sentence]));
  const causes = new Map<string, readonly WordCause[]>();
  for await (const { text: line, number } of readLines(file, { signal })) {
    if (line.trim() === "") continue;
    const place = { file, line: number };
    const graph = parseGraph(line, place);
    const sentence = byText.get(graph.text);
    if (!sentence)
      throw new CdlmError("DATA_INVALID", "the causes are those of another text", {
        ...place,
        expected: "a sentence of the training data, its words with blanks between",
        received: JSON.stringify(graph.text.slice(0, 80)),
      });
    causes.set(graph.text, wordCauses(graph, sentence, tagSet, place));
  }
  return causes;
}

function parseGraph(line: string, place: { file: string; line: number }): CausalGraph {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new CdlmError("DATA_INVALID", "is not JSON", { ...place, cause });
  }
  const parsed = causalGraphSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CdlmError("DATA_INVALID", `no causal graph: ${issue!.path.join(".")}: ${issue!.message}`, place);
}

function wordCauses(
  graph: CausalGraph,
  sentence: Sentence,
  tagSet: TagSet,
  place: { file: string; line: number },
): WordCause[] {
  const variables = new Map(graph.variables.map((variable) => [variable.name, variable]));
  const offsets = offsetsOf(sentence);
  return causesOf(graph).flatMap(({ cause, effect }) => {
    const [from, to] = [variables.get(cause), variables.get(effect)];
    const type = to?.kind === "label" ? to.name : to?.type;
    if (type === undefined || from?.start === undefined) return [];
    if (!tagSet.types.includes(type))
      throw new CdlmError("LABEL_MISMATCH", "the causes name an entity type that is not trained", {
        ...place,
        expected: tagSet.types.join(", "),
        received: type,
      });
    return wordsIn(from, offsets).map((word) => ({ word, type }));
  });
}

const wordsIn = ({ start, end }: Variable, offsets: readonly WordOffsets[]): number[] =>
  [...offsets.keys()].filter((word) => offsets[word]![0] < end! && offsets[word]![1] > start!);
