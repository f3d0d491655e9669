import path from "node:path";
import { Command } from "commander";
import { pull } from "../hub/pull.js";
import { interruptible } from "./failure.js";

export function pullCommand(): Command {
  return new Command("pull")
    .description("bring a BERT encoder from the Hugging Face hub")
    .argument("<repo>", "e.g. google-bert/bert-base-uncased")
    .option("--out <dir>", "folder of the encoder (default: the last part of the repository's name)")
    .action(async (repo: string, flags: { out?: string }) => {
      const { signal, done } = interruptible("Stopped; nothing half-written was left.");
      const out = flags.out ?? path.basename(repo);
      try {
        await pull(repo, out, {
          signal,
          onProgress: ({ file, done: bytes, total }) => report(file, bytes, total),
        });
        process.stdout.write(`${out}\n`);
      } finally {
        done();
      }
    });
}

function report(file: string, bytes: number, total: number | undefined): void {
  if (!process.stderr.isTTY) return;
  const share = total ? `${Math.round((100 * bytes) / total)}%` : `${(bytes / 1e6).toFixed(1)} MB`;
  process.stderr.write(`\r${file} ${share}${bytes === total ? "\n" : ""}`);
}
