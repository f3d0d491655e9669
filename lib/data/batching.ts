import { CdlmError } from "../errors.js";
import { Random } from "./random.js";

/** How large a batch is: a number of sentences, or a budget of word pieces; both at least 1. */
export type BatchSize = { sentences: number } | { pieces: number };

/** Batches whose sentences are sorted by length together, so that a batch holds sentences of like length. */
const batchesPerPool = 20;

/**
 * The batches of one training epoch, each an array of sentence indices; together they hold every index once.
 *
 * By sentences: the shuffled sentences are sorted by length within pools of 20 batches, and the batches are
 * shuffled. By pieces: the shuffled sentences fill one batch after another up to the budget. Batches are packed
 * without padding, so nothing is gained by sorting them, and their sentences stay well mixed.
 *
 * The answer depends on the arguments alone: a run that stopped at (epoch, batch) goes on identically.
 * @param lengths pieces of each sentence
 * @throws CdlmError INVALID_OPTION for a size below 1 or a fractional one, a seed or an epoch that is not a natural number
 */
export function trainingBatches(
  lengths: readonly number[],
  size: BatchSize,
  { seed, epoch }: { seed: number; epoch: number },
): number[][] {
  const random = Random.of(seed, "batches", epoch);
  const order = random.shuffle([...lengths.keys()]);
  if ("pieces" in size) return fillToBudget(order, lengths, checked("pieces", size.pieces));
  const sentences = checked("sentences", size.sentences);
  const pools = cut(order, sentences * batchesPerPool).map((pool) => sortByLength(pool, lengths));
  return random.shuffle(pools.flatMap((pool) => cut(pool, sentences)));
}

/**
 * Batches for evaluation: sentences sorted by length, each batch within a budget of `pieces`. A sentence longer than
 * the budget is a batch of its own. Together the batches hold every index once.
 * @param lengths pieces of each sentence
 * @throws CdlmError INVALID_OPTION for a budget below 1 or a fractional one
 */
export function evaluationBatches(lengths: readonly number[], { pieces }: { pieces: number }): number[][] {
  return fillToBudget(sortByLength([...lengths.keys()], lengths), lengths, checked("pieces", pieces));
}

function fillToBudget(order: readonly number[], lengths: readonly number[], budget: number): number[][] {
  const batches: number[][] = [];
  let room = -1; // so that the first sentence, even one without pieces, opens a batch
  for (const index of order) {
    const length = lengths[index]!;
    if (length > room) {
      batches.push([]);
      room = budget;
    }
    batches.at(-1)!.push(index);
    room -= length;
  }
  return batches;
}

function sortByLength(indices: readonly number[], lengths: readonly number[]): number[] {
  return [...indices].sort((a, b) => lengths[a]! - lengths[b]!);
}

function cut(indices: readonly number[], size: number): number[][] {
  const starts = Array.from({ length: Math.ceil(indices.length / size) }, (_, part) => part * size);
  return starts.map((start) => indices.slice(start, start + size));
}

function checked(unit: string, size: number): number {
  if (Number.isInteger(size) && size >= 1) return size;
  throw new CdlmError("INVALID_OPTION", "wrong batch size", {
    expected: `a whole number of ${unit}, 1 or more`,
    received: `${size}`,
  });
}
