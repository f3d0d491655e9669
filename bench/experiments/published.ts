import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { packageRoot } from "../../lib/native/load.js";

const schema = z.record(
  z.string(),
  z.array(
    z.strictObject({
      system: z.string(),
      encoder: z.string(),
      source: z.string(),
      /** K; null: all training data. */
      shots: z.int().nullable(),
      /** F1 in percent by column of the suite's table. */
      f1: z.record(z.string(), z.number()),
    }),
  ),
);

export type PublishedRow = z.output<typeof schema>[string][number];

/** Figures of others, by suite: bench/suites/published/figures.json says where each comes from. */
export async function publishedRows(suite: string): Promise<PublishedRow[]> {
  const file = path.join(packageRoot, "bench/suites/published/figures.json");
  return schema.parse(JSON.parse(await readFile(file, "utf8")))[suite] ?? [];
}
