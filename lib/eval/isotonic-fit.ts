/** Neighbouring places that share one value. */
interface Block {
  first: number;
  last: number;
  sum: number;
  count: number;
}

const meanOf = ({ sum, count }: Block): number => sum / count;

/**
 * The rising function that is nearest to the values in mean square, by pooling neighbours that would fall (Ayer et al.
 * 1955), as knots [place, value] at both ends of every level. Equal places are one.
 * @param places and values of the cases, in any order, at least one
 */
export function isotonicKnots(places: readonly number[], values: readonly number[]): [number, number][] {
  const blocks: Block[] = [];
  for (const k of [...places.keys()].sort((a, b) => places[a]! - places[b]!)) {
    let block: Block = { first: places[k]!, last: places[k]!, sum: values[k]!, count: 1 };
    for (let before = blocks.at(-1); before && mustPool(before, block); before = blocks.at(-1)) {
      block = {
        first: before.first,
        last: block.last,
        sum: before.sum + block.sum,
        count: before.count + block.count,
      };
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks.flatMap((block): [number, number][] => {
    const [start, end] = [block.first, block.last].map((place): [number, number] => [place, meanOf(block)]);
    return block.first === block.last ? [start!] : [start!, end!];
  });
}

/** Levels that are equal are pooled too: fewer knots say the same. */
const mustPool = (before: Block, block: Block): boolean =>
  before.last === block.first || meanOf(before) >= meanOf(block);
