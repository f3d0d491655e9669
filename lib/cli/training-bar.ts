import { Presets, SingleBar } from "cli-progress";
import { duration } from "./duration.js";
import type { TrainingProgress } from "../training/progress.js";

/** Progress of a training on stderr: a bar on a terminal, a line every ten seconds elsewhere. */
export function trainingBar(): { update: (progress: TrainingProgress) => void; stop: () => void } {
  return process.stderr.isTTY ? terminalBar() : lines();
}

function terminalBar() {
  const format = "{bar} {percentage}% | epoch {epoch}/{epochs} | {state} | {rate} pieces/s | {left} left";
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  let started = false;
  let lastF1 = "";
  return {
    update(progress: TrainingProgress) {
      if (progress.devF1 !== undefined) lastF1 = ` | dev F1 ${progress.devF1.toFixed(2)}`;
      const state = stateOf(progress) + lastF1;
      const { epoch, epochs } = progress;
      const rate = Math.round(progress.piecesPerSecond ?? 0);
      const payload = { epoch, epochs, state, rate, left: duration(progress.secondsLeft ?? 0) };
      if (started) bar.update(progress.step, payload);
      else bar.start(progress.steps, progress.step, payload);
      started = true;
    },
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}

function lines() {
  let last = -Infinity;
  return {
    update(progress: TrainingProgress) {
      if (progress.devF1 === undefined && performance.now() - last < 10_000) return;
      last = performance.now();
      const { epoch, epochs, step, steps, piecesPerSecond = 0, secondsLeft = 0 } = progress;
      const pace = `${Math.round(piecesPerSecond)} pieces/s, ${duration(secondsLeft)} left`;
      const score = progress.devF1 === undefined ? "" : `, dev F1 ${progress.devF1.toFixed(2)}`;
      process.stderr.write(
        `epoch ${epoch}/${epochs}, step ${step}/${steps}, ${stateOf(progress)}${score}, ${pace}\n`,
      );
    },
    stop: () => undefined,
  };
}

function stateOf({ phase, loss }: TrainingProgress): string {
  return phase === "train" && loss !== undefined ? `loss ${loss.toFixed(4)}` : phase;
}
