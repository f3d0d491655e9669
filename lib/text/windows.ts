import { CdlmError } from "../errors.js";
import { piecesThatFit } from "./packing.js";

/** A part of a sentence that the encoder can read at once: words [start, end), of which [keepStart, keepEnd) count. */
export interface Window {
  start: number;
  end: number;
  keepStart: number;
  keepEnd: number;
}

export interface WindowPlan {
  /** In order; their kept words are all words of the sentence, each once. One window when the sentence fits. */
  windows: Window[];
  /** What could not be read in full, for people. */
  warnings: string[];
}

/**
 * Cuts a sentence at word borders into windows that overlap by about a quarter, so that every word has context on both
 * sides. A word counts in the window where it lies farthest from the places of cutting. A word of more pieces than fit
 * stands alone in its window, is read by its first pieces and reported.
 * @param pieceCounts number of pieces of each word, at least 1
 * @param maxPositions most pieces of a window, [CLS] and [SEP] included, at least 3
 * @throws CdlmError INVALID_OPTION
 */
export function planWindows(pieceCounts: ArrayLike<number>, maxPositions: number): WindowPlan {
  const room = piecesThatFit(maxPositions);
  const warnings: string[] = [];
  // before[w]: pieces of all words before word w, each word counted with the pieces that fit.
  const before = new Float64Array(pieceCounts.length + 1);
  for (let word = 0; word < pieceCounts.length; word++) {
    const count = pieceCounts[word]!;
    if (!Number.isInteger(count) || count < 1) throw noPieces(word, count);
    if (count > room) warnings.push(`word ${word + 1} has ${count} pieces; only the first ${room} are read`);
    before[word + 1] = before[word]! + Math.min(count, room);
  }
  const windows = cutWindows(before, room);
  for (let next = 1; next < windows.length; next++) shareOverlap(windows[next - 1]!, windows[next]!, before);
  return { windows, warnings };
}

/**
 * Puts the rows of a sentence's words together again, from each window the ones that count.
 * @param rows per window, one row per word of the window
 * @throws CdlmError SHAPE_MISMATCH when they do not belong to `windows`
 */
export function joinWindows<T>(windows: readonly Window[], rows: readonly (readonly T[])[]): T[] {
  const fits =
    windows.length === rows.length && windows.every(({ start, end }, k) => rows[k]!.length === end - start);
  if (!fits) {
    throw new CdlmError("SHAPE_MISMATCH", "the rows do not belong to these windows", {
      expected: windows.map(({ start, end }) => end - start).join(" + ") + " words",
      received: rows.map((row) => row.length).join(" + ") + " rows",
    });
  }
  return windows.flatMap(({ start, keepStart, keepEnd }, k) =>
    rows[k]!.slice(keepStart - start, keepEnd - start),
  );
}

function cutWindows(before: Float64Array, room: number): Window[] {
  const words = before.length - 1;
  const windows: Window[] = [];
  let start = 0;
  let end = 0;
  for (;;) {
    while (end < words && before[end + 1]! - before[start]! <= room) end++;
    windows.push({ start, end, keepStart: start, keepEnd: end });
    if (end === words) return windows;
    // Back by a quarter, but so that the next window holds at least one new word.
    do start++;
    while (
      start < end &&
      (before[end]! - before[start]! > room / 4 || before[end + 1]! - before[start]! > room)
    );
  }
}

/** Finds the border of the words that count: from there on a word lies farther from the later window's start. */
function shareOverlap(earlier: Window, later: Window, before: Float64Array): void {
  let border = later.start;
  const leftDistance = (word: number) => before[word]! - before[later.start]!;
  const rightDistance = (word: number) => before[earlier.end]! - before[word + 1]!;
  while (border < earlier.end && rightDistance(border) >= leftDistance(border)) border++;
  earlier.keepEnd = border;
  later.keepStart = border;
}

function noPieces(word: number, count: number): CdlmError {
  return new CdlmError("INVALID_OPTION", `word ${word + 1} has no valid number of pieces`, {
    expected: "an integer of at least 1",
    received: String(count),
  });
}
