import { Presets, SingleBar } from "cli-progress";
import type { AnswerCounts } from "../llm/stored-model.js";
import { duration } from "./duration.js";

interface Done {
  documents: number;
  causes: number;
}

/**
 * Progress of causal reasoning on stderr: a bar on a terminal, a line every ten seconds elsewhere.
 * @param counts change while the work goes on
 */
export function causalBar(
  documents: number,
  counts: Readonly<AnswerCounts>,
): { update: (done: Done) => void; stop: () => void } {
  const started = performance.now();
  const isTerminal = process.stderr.isTTY;
  const format = "{bar} {value}/{total} documents | {pace}";
  const bar = isTerminal
    ? new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic)
    : undefined;
  let done: Done = { documents: 0, causes: 0 };
  const pace = () => {
    const seconds = (performance.now() - started) / 1000;
    const tokens = Math.round((counts.inputTokens + counts.outputTokens) / seconds);
    const left =
      done.documents === 0
        ? ""
        : `, ${duration(((documents - done.documents) * seconds) / done.documents)} left`;
    return `${done.causes} causes, ${counts.asked} answers and ${counts.stored} from the store, ${tokens} tokens/s${left}`;
  };
  const show = () => {
    if (bar) bar.update(done.documents, { pace: pace() });
    else process.stderr.write(`${done.documents}/${documents} documents, ${pace()}\n`);
  };
  bar?.start(documents, 0, { pace: "" });
  const timer = setInterval(show, isTerminal ? 1000 : 10_000);
  return {
    update: (now) => (done = now),
    stop() {
      clearInterval(timer);
      show();
      bar?.stop();
    },
  };
}
