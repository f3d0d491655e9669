import type { CausalDocument, CausalGraph } from "../../lib/llm/causal-document.js";
import { findCauses, type FindCausesRequest } from "../../lib/llm/find-causes.js";

/** Smoking gave rise to cancer: two mentions and a cue word. */
export const smoking: CausalDocument = {
  id: 7,
  text: "Smoking led to cancer in Paris.",
  entities: [
    { start: 0, end: 7, type: "habit" },
    { start: 15, end: 21, type: "disease" },
    { start: 25, end: 30, type: "place" },
  ],
};

export async function collect(
  documents: AsyncIterable<CausalDocument> | Iterable<CausalDocument>,
  request: FindCausesRequest,
): Promise<CausalGraph[]> {
  const graphs: CausalGraph[] = [];
  for await (const graph of findCauses(documents, request)) graphs.push(graph);
  return graphs;
}

/** The only graph of a single document. */
export async function examine(document: CausalDocument, request: FindCausesRequest): Promise<CausalGraph> {
  return (await collect([document], request))[0]!;
}
