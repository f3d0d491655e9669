import { z } from "zod";

/** A text whose causes are looked for, with the mentions that a recogniser found or an annotator marked. */
export interface CausalDocument {
  id?: string | number;
  text: string;
  /** Offsets in UTF-16 code units, `end` excluded. */
  entities: readonly { start: number; end: number; type: string }[];
}

const probability = z.number().min(0).max(1);

export const variableSchema = z.object({
  name: z.string(),
  kind: z.enum(["mention", "label", "cue"]),
  /** Of a mention. */
  type: z.string().optional(),
  /** First place in the text, UTF-16 code units; labels have none. */
  start: z.int().optional(),
  end: z.int().optional(),
});

const opinionSchema = z.object({
  expert: z.string(),
  /** Mean of the expert's expected scores, 1 … 5. */
  score: z.number(),
  /** Mean standard deviation of his scores. */
  spread: z.number(),
  /** How probable he finds the worst score. */
  worst: probability,
  /** Expected score by criterion, 1 … 5. */
  criteria: z.record(z.string(), z.number()),
});

const roundSchema = z.object({
  /** From 1. */
  round: z.int(),
  reasons: z.array(z.object({ expert: z.string(), reason: z.string() })),
  votes: z.array(opinionSchema),
  score: z.number(),
  verdict: z.enum(["accepted", "rejected", "conflict"]),
});

const validationSchema = z.object({
  /** Type that the model gives the effect, and how sure it is. */
  original: z.object({ type: z.string(), probability }),
  /** The same with the cause blanked out. */
  without: z.object({ type: z.string(), probability }),
  /** How much the cause adds to the probability of the original type. */
  effect: z.number(),
  /** stands: same type either way; confirmed: they differ and the original is right; refined: the alternative is. */
  verdict: z.enum(["stands", "confirmed", "refined"]),
});

export const edgeSchema = z.object({
  cause: z.string(),
  effect: z.string(),
  /** The words that carry the relation; empty when the model named none of the text. */
  words: z.string(),
  /** The discoverer's probability that the cause is a direct one. */
  confidence: probability,
  votes: z.array(opinionSchema),
  /** Mean of the last votes, 1 … 5. */
  score: z.number(),
  verdict: z.enum(["accepted", "rejected"]),
  /** How the verdict came about. */
  decidedBy: z.enum(["vote", "discussion", "majority"]),
  transcript: z.array(roundSchema),
  /** Why an accepted edge is not in the final graph. */
  removed: z.enum(["cycle", "indirect", "refined"]).optional(),
  validation: validationSchema.optional(),
});

export const countsSchema = z.object({
  /** Pairs that the model named. */
  proposed: z.int(),
  /** Dropped: not between two members of X. */
  outside: z.int(),
  /** Dropped: a variable as its own cause, or a pair named before. */
  repeated: z.int(),
  /** Kept, but the words given for it are not in the text. */
  unsupported: z.int(),
  /** Dropped to break a cycle. */
  cycles: z.int(),
  /** Dropped because a chain of other edges says the same. */
  indirect: z.int(),
  /** Answers that were no valid JSON of the wanted form. */
  invalidAnswers: z.int(),
});

/** One line of the output: what the reasoning found in one document. */
export const causalGraphSchema = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  text: z.string(),
  entities: z.array(z.object({ start: z.int(), end: z.int(), type: z.string() })),
  variables: z.array(variableSchema),
  /** Every edge that was voted on; the causes are those accepted and not removed. */
  edges: z.array(edgeSchema),
  counts: countsSchema,
  warnings: z.array(z.string()),
});

export type Variable = z.infer<typeof variableSchema>;
export type Opinion = z.infer<typeof opinionSchema>;
export type DiscussionRound = z.infer<typeof roundSchema>;
export type Validation = z.infer<typeof validationSchema>;
export type CausalEdge = z.infer<typeof edgeSchema>;
export type CausalCounts = z.infer<typeof countsSchema>;
export type CausalGraph = z.infer<typeof causalGraphSchema>;

/** The edges that stand at the end of the reasoning. */
export function causesOf(graph: CausalGraph): CausalEdge[] {
  return graph.edges.filter(({ verdict, removed }) => verdict === "accepted" && removed === undefined);
}
