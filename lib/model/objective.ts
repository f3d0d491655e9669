import { z } from "zod";

const weight = z.number().min(0).max(1000);
const probability = z.number().min(0).max(1);
/** A part that is absent where it weighs nothing. */
const weighted = z
  .strictObject({ weight: weight.default(1) })
  .transform((part) => (part.weight > 0 ? part : undefined))
  .optional();

/** Every part of the method, switched by its weight and shaped (METHOD 2–5, 7). A weight of 0 leaves a part out of the graph. */
export const objectiveSchema = z.strictObject({
  /** The graph over labels that fusion and alignment read. */
  labelGraph: z
    .strictObject({
      /** One node for O and one per type, or one per tag. */
      nodes: z.enum(["types", "tags"]).default("types"),
      /** δ: labels nearer than this, in units of the mean distance, are joined. */
      delta: z.number().positive().default(1.5),
      /** θ of soft labels. */
      temperature: z.number().positive().default(4),
    })
    .prefault({}),
  fusion: z
    .strictObject({
      /** r = W_f [h ; g] (the paper's), h + W_f g (LST-NER's), or r = h. */
      form: z.enum(["none", "concat", "add"]).default("none"),
      /** Graph convolutions. */
      layers: z.int().min(1).max(2).default(1),
      residual: z.boolean().default(false),
      /** GELU behind every graph convolution. */
      activation: z.boolean().default(false),
    })
    .prefault({}),
  /** Which types occur in the sentence, asked of the label nodes. */
  auxiliary: z.strictObject({ weight: weight.default(0) }).prefault({}),
  /** Gromov-Wasserstein distance between the source view and the target view of the label graph. */
  alignment: z
    .strictObject({
      weight: weight.default(0),
      /** Of the moving average of target nodes; the live gradient is scaled by 1 - decay. */
      decay: probability.default(0.9),
      epsilon: z.number().positive().default(0.05),
      outerIterations: z.int().min(1).max(1000).default(40),
      innerIterations: z.int().min(1).max(10_000).default(50),
    })
    .prefault({}),
  /** Y - Ỹ must tell the tag of entity words, where Ỹ are the scores without the entities. */
  explicit: z
    .strictObject({
      weight: weight.default(0),
      /** Where the entity is taken away: at the input pieces, behind encoder layer `layer`, or from the last vectors. */
      mask: z.enum(["input", "layer", "last"]).default("input"),
      layer: z.int().min(1).default(3),
      /** Lets the gradient flow through Ỹ too. */
      live: z.boolean().default(false),
    })
    .prefault({}),
  /** Entity part and rest of every word's vector, told apart by attention from the labels. */
  implicit: z
    .strictObject({
      weight: weight.default(0),
      /** From the rest alone the tag must be unpredictable, or (the paper's wording) unrelated tags likely. */
      reading: z.enum(["uniform", "unrelated"]).default("uniform"),
      /** Weight of telling the tag from the entity part. */
      sufficiency: weight.default(0.5),
      /** Weight of supervising the split by the gold spans. */
      supervision: weight.default(1),
    })
    .prefault({}),
  /** The source model's head is kept beside the new one: it goes on saying what the source model says. Absent: it is left behind. */
  keeping: z
    .strictObject({
      weight: z.number().positive().max(1000).default(1),
      /** Sentences of a step that are replayed. */
      sentences: z.int().min(1).max(10_000).default(8),
    })
    .optional(),
  /** Back-door adjustment: sentences with a mention or a context exchanged for another of the same type (METHOD 5.1). */
  interventions: z
    .strictObject({
      /** Share of sentences that get mentions exchanged. */
      sentences: probability.default(0),
      /** Share of the mentions of such a sentence. */
      mentions: probability.default(0.5),
      /** Share of sentences that get their mention put into another sentence instead. */
      contexts: probability.default(0),
      /** Mentions of the target's training data, or also the source's where its model takes the type's words for one of its own. */
      pool: z.enum(["target", "both"]).default("target"),
      /** Changed sentences take the place of the original, or join the batch. */
      placement: z.enum(["replace", "join"]).default("replace"),
    })
    .prefault({}),
  /** Every sentence is read twice, the second time under its intervention if it has one, and both must say the same. Absent, or of weight 0: once. */
  consistency: weighted,
  /** The mean vector of each gold mention must tell its type, by vectors of the types that start from their names. Absent, or of weight 0: not asked. */
  typing: weighted,
  /** What causes that were given with the training data are used for (METHOD 6.5). */
  causes: z
    .strictObject({
      /** The implicit split follows them beside the gold spans. */
      split: z.boolean().default(true),
      /** The explicit counterfactual takes them away beside the entities. */
      mask: z.boolean().default(true),
      /** They are edges from words to label nodes: the causing words join the label's attention in its convolution. */
      edges: z.boolean().default(true),
    })
    .prefault({}),
  /** Share of all updates before which auxiliary, alignment, explicit and implicit do not count; default: 0. */
  partsFrom: probability.optional(),
  /** τ of the prediction argmax(Y - τ Ỹ), 0 … 1; "dev" chooses it on dev data. 0 is the plain model. */
  tau: z.union([probability, z.literal("dev")]).default(0),
});

export type Objective = z.output<typeof objectiveSchema>;
export type ObjectiveInput = z.input<typeof objectiveSchema>;

/** Whether any part reads sentences of the source where they are given. */
export const readsSourceData = ({ interventions, keeping }: Objective): boolean =>
  keeping !== undefined || drawsFromSource(interventions);

/** Whether mentions of the source are exchanged too. */
export const drawsFromSource = ({ pool, sentences }: Objective["interventions"]): boolean =>
  pool === "both" && sentences > 0;

/** Whether any part reads label nodes, so that their layer must be built. */
export function readsLabels({ fusion, auxiliary, implicit }: Objective): boolean {
  return fusion.form !== "none" || auxiliary.weight > 0 || implicit.weight > 0;
}

/** Parts of the objective that would read causes, by their switches. */
export function causeReaders({ causes, implicit, explicit, ...objective }: Objective): string[] {
  const readers = {
    split: causes.split && implicit.weight > 0,
    mask: causes.mask && explicit.weight > 0,
    edges: causes.edges && readsLabels({ causes, implicit, explicit, ...objective }),
  };
  return Object.entries(readers)
    .filter(([, reads]) => reads)
    .map(([name]) => name);
}

/** Whether any part needs the source's view of the target's labels. */
export function readsLabelGraph(objective: Objective): boolean {
  return readsLabels(objective) || objective.alignment.weight > 0;
}
