import type { BiasScore, BiasScores } from "../bias.js";
import type { CalibrationScores } from "../eval/calibration-scores.js";
import type { Reliability } from "../eval/reliability.js";
import type { SpanScores } from "../eval/span-scores.js";
import type { Scores } from "../evaluate.js";

/** A heading, a header and rows of cells, whatever they are printed on. */
export interface ScoreTable {
  title: string;
  header: readonly string[];
  rows: readonly (readonly string[])[];
  /** What to say below it. */
  notes: readonly string[];
}

/** Scores as tables, in the order in which they are read. */
export const scoreTables = (scores: Scores): Record<string, ScoreTable> => ({
  types: typeTable(scores),
  calibration: calibrationTable(scores.calibration),
  ...(scores.bias ? { bias: biasTable(scores.bias) } : {}),
});

export const scoreHeader = ["type", "precision", "recall", "F1", "entities"];

/** A row for each type, then their mean and all mentions together. */
export function scoreRows({
  types,
  macro,
  micro,
}: Pick<SpanScores, "types" | "macro" | "micro">): string[][] {
  const all = [...Object.entries(types), ["macro", macro] as const, ["micro", micro] as const];
  return all.map(([name, { precision, recall, f1, support }]) => [name, ...[precision, recall, f1].map((score) => score.toFixed(2)), String(support)]); // prettier-ignore
}

function typeTable({ types, macro, micro, strict, sentences, words, seconds }: Scores): ScoreTable {
  return {
    title: "Scores",
    header: scoreHeader,
    rows: scoreRows({ types, macro, micro }),
    notes: [
      `micro F1 with orphan I- tags ignored: ${strict.micro.f1.toFixed(2)}`,
      `${sentences} sentences, ${words} words in ${seconds.toFixed(1)} s`,
    ],
  };
}

function calibrationTable({ method, mentions, before, after }: CalibrationScores): ScoreTable {
  const own = after ?? before;
  const error = ({ error: points }: Reliability) => points.toFixed(2);
  const fitted = `expected calibration error ${error(own)} (before the ${method} fit: ${error(before)})`;
  const bare = `expected calibration error ${error(own)}: confidence is uncalibrated, not fitted on dev data`;
  return {
    title: `Confidence of ${mentions} mentions`,
    header: ["bin", "confidence", "right", "mentions"],
    rows: own.bins.map(({ confidence, accuracy, count }, bin) => [String(bin + 1), confidence.toFixed(1), accuracy.toFixed(1), String(count)]), // prettier-ignore
    notes: [`${method ? fitted : bare}, in points, over ${own.bins.length} bins of equal mass`],
  };
}

function biasTable({ seed, unseenMentions, otherContexts }: BiasScores): ScoreTable {
  const row = (name: string, { before, after, drop, interval, replaced, mentions }: BiasScore) => [
    name,
    before.toFixed(2),
    after.toFixed(2),
    drop.toFixed(2),
    interval.map((end) => end.toFixed(2)).join(" … "),
    `${replaced} of ${mentions}`,
  ];
  return {
    title: "Entity bias",
    header: ["intervention", "F1", "F1 after", "drop", "95 % interval", "mentions"],
    rows: [row("unseen mentions", unseenMentions), row("other contexts", otherContexts)],
    notes: [`seed ${seed}; of other contexts only the mentions that were moved count`],
  };
}
