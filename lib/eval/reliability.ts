/** Mentions of like confidence; shares in percent. */
export interface ReliabilityBin {
  count: number;
  /** Mean confidence. */
  confidence: number;
  /** Share that is right. */
  accuracy: number;
}

export interface Reliability {
  /** Expected calibration error: mean distance of confidence and accuracy over the bins, in points; 0 of nothing. */
  error: number;
  /** By rising confidence, each of as many mentions as the others, but for one. */
  bins: ReliabilityBin[];
}

/** A mention that was found, and whether it is one. */
export interface Judgement {
  /** 0 … 1. */
  confidence: number;
  correct: boolean;
}

/**
 * Reliability in bins of equal mass. Mentions of equal confidence that fall into two bins bring the same accuracy to
 * both, so that their order does not matter.
 */
export function reliability(judgements: readonly Judgement[], bins = 15): Reliability {
  const sorted = [...judgements].sort((a, b) => a.confidence - b.confidence);
  const accuracies = sharesOfTies(sorted);
  const border = (bin: number) => Math.floor((bin * sorted.length) / bins);
  const mean = (values: readonly number[]) => (100 * values.reduce((a, b) => a + b, 0)) / values.length;
  const all = Array.from({ length: bins }, (_, bin): ReliabilityBin => {
    const [from, to] = [border(bin), border(bin + 1)];
    const confidence = mean(sorted.slice(from, to).map((judgement) => judgement.confidence));
    return { count: to - from, confidence, accuracy: mean(accuracies.slice(from, to)) };
  }).filter(({ count }) => count > 0);
  const distance = all.reduce((sum, bin) => sum + bin.count * Math.abs(bin.accuracy - bin.confidence), 0);
  return { error: sorted.length === 0 ? 0 : distance / sorted.length, bins: all };
}

/** For each of the sorted judgements the share that is right among those of equal confidence. */
function sharesOfTies(sorted: readonly Judgement[]): number[] {
  const ties = new Map<number, { right: number; count: number }>();
  for (const { confidence, correct } of sorted) {
    const tie = ties.get(confidence) ?? { right: 0, count: 0 };
    ties.set(confidence, { right: tie.right + Number(correct), count: tie.count + 1 });
  }
  return sorted.map(({ confidence }) => {
    const { right, count } = ties.get(confidence)!;
    return right / count;
  });
}
