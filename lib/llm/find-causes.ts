import { z } from "zod";
import { CdlmError } from "../errors.js";
import { parseOptions } from "../options.js";
import { pairKey, withoutCycles, withoutIndirect } from "./acyclic.js";
import { materialOf, noCounts, type Case } from "./case.js";
import { causesOf, type CausalDocument, type CausalEdge, type CausalGraph } from "./causal-document.js";
import { discover, type Constraints, type Proposal } from "./discovery.js";
import { settle, type DiscussionOptions } from "./discussion.js";
import { inOrder } from "./in-order.js";
import type { LanguageModel } from "./language-model.js";
import { defaultCues, defaultExperts, expertSchema } from "./prompts.js";
import { validate } from "./validation.js";
import { variablesOf } from "./variables.js";

export const causalOptionsSchema = z.strictObject({
  /** Experts by number, the package's own in their order, or in person. */
  experts: z
    .union([z.int().min(1).max(defaultExperts.length), z.array(expertSchema).min(1).max(32)])
    .default(3)
    .transform((experts) => (typeof experts === "number" ? defaultExperts.slice(0, experts) : experts)),
  /** R: most rounds of discussion of an edge in conflict. */
  rounds: z.int().min(0).max(20).default(3),
  /** Most passes of discovery; each is told what the earlier ones have settled. */
  passes: z.int().min(1).max(10).default(2),
  /** What the texts are about, for the prompts. */
  domain: z.string().min(1).default("general knowledge"),
  /** Entity types of the domain; default: those of each document's own entities. */
  labels: z.array(z.string().min(1)).optional(),
  /** Phrases that carry causes; default: English ones. */
  cues: z.array(z.string().min(1)).default([...defaultCues]),
  /** Most variables of a text. */
  maxVariables: z.int().min(2).max(500).default(40),
  /** Most edges that one pass may name. */
  maxEdges: z.int().min(1).max(100).default(8),
  /** Whether accepted causes are validated by counterfactuals. */
  validate: z.boolean().default(true),
});
export type CausalOptions = z.input<typeof causalOptionsSchema>;

export interface FindCausesRequest extends CausalOptions {
  llm: LanguageModel;
  /** Solved documents that are shown to the model. */
  examples?: readonly CausalGraph[];
  /** Stops the work; the iteration rejects with the signal's reason. */
  signal?: AbortSignal;
  onProgress?: (progress: CausalProgress) => void;
}

export interface CausalProgress {
  /** Documents done. */
  documents: number;
  /** Accepted edges in them. */
  causes: number;
}

type Settings = z.output<typeof causalOptionsSchema> & {
  examples: readonly CausalGraph[];
  signal: AbortSignal;
};

/**
 * Finds direct causes in documents with a language model: it names candidates, experts vote on them, conflicts are
 * discussed, and what was accepted is validated by counterfactuals. Graphs come in the order of the documents.
 * @throws CdlmError INVALID_OPTION; DATA_INVALID for a bad document; whatever the model throws
 */
export async function* findCauses(
  documents: AsyncIterable<CausalDocument> | Iterable<CausalDocument>,
  { llm, examples = [], signal, onProgress, ...options }: FindCausesRequest,
): AsyncGenerator<CausalGraph> {
  const settings = { ...parseOptions(causalOptionsSchema, options, "causal reasoning"), examples };
  requireNames(settings.experts.map(({ name }) => name));
  const progress = { documents: 0, causes: 0 };
  const work = (document: CausalDocument, stop: AbortSignal, place: number) =>
    examine(llm, document, { ...settings, signal: stop }).catch((error: unknown) => {
      throw inDocument(document.id ?? `number ${place + 1}`, error);
    });
  for await (const graph of inOrder(documents, llm.parallel, work, signal)) {
    progress.documents++;
    progress.causes += causesOf(graph).length;
    onProgress?.({ ...progress });
    yield graph;
  }
}

async function examine(
  model: LanguageModel,
  document: CausalDocument,
  settings: Settings,
): Promise<CausalGraph> {
  settings.signal?.throwIfAborted();
  const subject = caseOf(model, document, settings);
  const edges: CausalEdge[] = [];
  for (let pass = 0; pass < settings.passes && subject.variables.length >= 2; pass++) {
    const proposals = await discover(subject, { ...settings, constraints: constraintsOf(edges) });
    if (proposals.length === 0) break;
    edges.push(...(await Promise.all(proposals.map((proposal) => judge(subject, proposal, settings)))));
  }
  const cleaned = clean(subject, edges);
  const validated = settings.validate
    ? await Promise.all(cleaned.map((edge) => check(subject, edge)))
    : cleaned;
  const { variables, counts, warnings } = subject;
  const { id, text, entities } = document;
  const plainEntities = entities.map(({ start, end, type }) => ({ start, end, type }));
  return {
    ...(id === undefined ? {} : { id }),
    text,
    entities: plainEntities,
    variables: [...variables],
    edges: validated,
    counts,
    warnings,
  };
}

function caseOf(model: LanguageModel, document: CausalDocument, settings: Settings): Case {
  const { domain, cues, maxVariables, signal } = settings;
  const labels = settings.labels ?? [...new Set(document.entities.map(({ type }) => type))].sort();
  const variables = variablesOf(document, { labels, cues, limit: maxVariables });
  const material = materialOf(document.text, domain, labels);
  return { model, document, variables, domain, labels, material, counts: noCounts(), warnings: [], signal };
}

function constraintsOf(edges: readonly CausalEdge[]): Constraints {
  const accepted = edges.filter(({ verdict }) => verdict === "accepted");
  return { accepted, forbidden: edges.filter(({ verdict }) => verdict === "rejected") };
}

async function judge(subject: Case, proposal: Proposal, options: DiscussionOptions): Promise<CausalEdge> {
  const { cause, effect, words, weight } = proposal;
  return { cause, effect, words, confidence: weight, ...(await settle(subject, proposal, options)) };
}

/** Edges of several passes may close a cycle or make another indirect: what the experts find weakest goes. */
function clean({ counts }: Case, edges: readonly CausalEdge[]): CausalEdge[] {
  const accepted = edges.filter(({ verdict }) => verdict === "accepted");
  const acyclic = withoutCycles(accepted.map((edge) => ({ ...edge, weight: edge.score })));
  const direct = withoutIndirect(acyclic.kept);
  counts.cycles += acyclic.dropped.length;
  counts.indirect += direct.dropped.length;
  const cycles = new Set(acyclic.dropped.map(pairKey));
  const indirect = new Set(direct.dropped.map(pairKey));
  return edges.map((edge) => {
    if (edge.verdict === "accepted" && cycles.has(pairKey(edge))) return { ...edge, removed: "cycle" };
    if (edge.verdict === "accepted" && indirect.has(pairKey(edge))) return { ...edge, removed: "indirect" };
    return edge;
  });
}

async function check(subject: Case, edge: CausalEdge): Promise<CausalEdge> {
  if (edge.verdict !== "accepted" || edge.removed !== undefined) return edge;
  const validation = await validate(subject, edge);
  if (!validation) return edge;
  return {
    ...edge,
    validation,
    ...(validation.verdict === "refined" ? { removed: "refined" as const } : {}),
  };
}

/** Says which document is at fault, where one is. */
function inDocument(name: string | number, error: unknown): unknown {
  if (!(error instanceof CdlmError) || error.code !== "DATA_INVALID") return error;
  return new CdlmError("DATA_INVALID", `document ${name}: ${error.message}`, { cause: error });
}

/** Votes are told apart by the expert's name. */
function requireNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new CdlmError("INVALID_OPTION", `two experts are called ${JSON.stringify(twice)}`);
}
