import { z } from "zod";
import { table } from "../../lib/report/table.js";
import type { RunRecord } from "./run-record.js";
import type { Suite } from "./suite.js";

const costSchema = z.object({
  llm: z.object({ questions: z.int(), inputTokens: z.int(), outputTokens: z.int(), seconds: z.number() }),
});

/** What a run of each row costs on average, and how much of it the language model; nothing for suites without one. */
export function costTable({ languageModel, systems }: Suite, records: readonly RunRecord[]): string[] {
  if (!languageModel) return [];
  const rows = systems.map(({ name }) => {
    const runs = records.filter(({ id }) => id.startsWith(`${name}/`));
    const costs = runs.map(({ details }) => costSchema.safeParse(details).data?.llm);
    const mean = (values: readonly number[]) =>
      values.length === 0 ? "–" : (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(0);
    const of = (part: keyof z.output<typeof costSchema>["llm"]) =>
      mean(costs.map((cost) => cost?.[part] ?? 0));
    const total = mean(runs.map(({ seconds }) => seconds.total));
    return [name, of("questions"), of("inputTokens"), of("outputTokens"), of("seconds"), total];
  });
  const header = ["cost of a run", "questions", "tokens in", "tokens out", "its seconds", "all seconds"];
  return [`Language model: ${languageModel.file}`, table(header, rows)];
}
