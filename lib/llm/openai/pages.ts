import { likeliest } from "../distribution.js";

/** Decides between more options than one answer can tell apart: page by page, then between the pages' best. */
export async function inPages(
  options: readonly string[],
  width: () => number,
  decide: (options: readonly string[]) => Promise<number[]>,
): Promise<number[]> {
  if (options.length === 1) return [1];
  if (options.length <= width()) return decide(options);
  const pages: number[][] = [];
  for (let start = 0; start < options.length;) {
    const page = await decide(options.slice(start, start + width()));
    pages.push(page);
    start += page.length;
  }
  let start = 0;
  const best = pages.map((page) => {
    const option = options[start + likeliest(page)]!;
    start += page.length;
    return option;
  });
  const between = await inPages(best, width, decide);
  return pages.flatMap((page, index) => page.map((probability) => probability * between[index]!));
}
