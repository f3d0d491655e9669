import { Presets, SingleBar } from "cli-progress";
import { duration } from "./duration.js";

/** Progress of counted work on stderr: a bar on a terminal, a line every ten seconds elsewhere. */
export function countingBar(what: string): {
  update: (done: number, total: number) => void;
  stop: () => void;
} {
  const started = performance.now();
  const format = `{bar} {value}/{total} ${what} | {left} left`;
  const bar = process.stderr.isTTY
    ? new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic)
    : undefined;
  let last = started;
  const leftOf = (done: number, total: number) =>
    duration((((performance.now() - started) / 1000) * (total - done)) / Math.max(1, done));
  return {
    update(done, total) {
      const left = leftOf(done, total);
      if (bar && !bar.isActive) bar.start(total, done, { left });
      else if (bar) bar.update(done, { left });
      else if (performance.now() - last > 10_000) {
        last = performance.now();
        process.stderr.write(`${done}/${total} ${what}, ${left} left\n`);
      }
    },
    stop: () => bar?.stop(),
  };
}
