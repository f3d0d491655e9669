import { z } from "zod";

const column = z.array(z.int().min(0));

/** Mentions of each sentence, in the file's order: whatever a bootstrap over sentences needs. */
const countsSchema = z.object({ correct: column, predicted: column, gold: column });

const splitSchema = z.object({
  /** Strict micro scores in percent. */
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  /** The same by entity type, with the number of gold mentions. */
  types: z.record(z.string(), z.object({ f1: z.number(), support: z.int() })),
  counts: countsSchema,
});

/** By sentence of the test data, or by moved mention. */
const interventionSchema = z.object({ own: countsSchema, probed: countsSchema, mentions: z.int(), replaced: z.int() }); // prettier-ignore

const probesSchema = z.object({
  /** Expected calibration error in points, of posteriors and of fitted confidences. */
  calibration: z.object({
    method: z.string().nullable(),
    mentions: z.int(),
    before: z.number(),
    after: z.number().nullable(),
  }),
  unseenMentions: interventionSchema,
  otherContexts: interventionSchema,
});

/** A line of a results file: one run. */
export const recordSchema = z.object({
  id: z.string(),
  /** Of everything that decides the result; a run of another fingerprint is another run. */
  fingerprint: z.string(),
  config: z.record(z.string(), z.unknown()),
  seed: z.int(),
  versions: z.record(z.string(), z.unknown()),
  dev: splitSchema,
  test: splitSchema,
  /** All, and what dev scores took while training. */
  seconds: z.object({ total: z.number(), evaluation: z.number() }),
  details: z.record(z.string(), z.unknown()),
  /** Of suites that ask for them; null: the system is no recogniser. */
  probes: probesSchema.nullable().optional(),
  finished: z.string(),
});

export type Counts = z.output<typeof countsSchema>;
export type RecordedProbes = z.output<typeof probesSchema>;
export type SplitResult = z.output<typeof splitSchema>;
export type RunRecord = z.output<typeof recordSchema>;
