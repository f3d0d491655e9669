import { Presets, SingleBar } from "cli-progress";

export interface DownloadProgress {
  file: string;
  /** Bytes. */
  done: number;
  /** Undefined where the server does not say. */
  total?: number | undefined;
}

/** Progress of a download on stderr; nothing where that is no terminal. */
export function downloadBar(): { update: (progress: DownloadProgress) => void; stop: () => void } {
  const format = "{file} {bar} {percentage}% of {megabytes} MB | {eta_formatted} left";
  let bar: SingleBar | undefined;
  let current = "";
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const update = ({ file, done, total = done }: DownloadProgress) => {
    const payload = { file, megabytes: (total / 1e6).toFixed(1) };
    if (bar && file === current) return bar.update(done, payload);
    stop();
    current = file;
    const options = { format, stream: process.stderr, hideCursor: true, clearOnComplete: true };
    bar = new SingleBar(options, Presets.shades_classic);
    bar.start(total, done, payload);
  };
  return { update, stop };
}
