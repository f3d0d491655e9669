import { setMaxListeners } from "node:events";

/**
 * Works on several items at once and gives the results in the order of the items; an item is drawn only when there is
 * room for it. The first failure, or a reader who stops reading, fires the signal that the work has got; what still
 * runs is waited for. Results before a failure come first.
 * @param width items under work at once, at least 1
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  width: number,
  work: (item: T, signal: AbortSignal, place: number) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R> {
  const ending = new AbortController();
  const stop = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  setMaxListeners(0, stop); // every question of every item listens
  const running: Promise<R>[] = [];
  let place = 0;
  try {
    for await (const item of items) {
      const job = work(item, stop, place++);
      job.catch(() => undefined); // reported when its turn comes
      running.push(job);
      if (running.length >= width) yield await running[0]!;
      if (running.length >= width) void running.shift();
    }
    for (let job = running[0]; job; job = running[0]) {
      yield await job;
      void running.shift();
    }
  } finally {
    ending.abort();
    await Promise.allSettled(running);
  }
}
