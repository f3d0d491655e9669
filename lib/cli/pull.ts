import path from "node:path";
import { Command } from "commander";
import { pull } from "../hub/pull.js";
import { withJson } from "./common-options.js";
import { downloadBar } from "./download-bar.js";
import { interruptible } from "./failure.js";
import { printJson } from "./print.js";

export function pullCommand(): Command {
  const command = new Command("pull")
    .description("bring a BERT encoder from the Hugging Face hub")
    .argument("<repo>", "e.g. google-bert/bert-base-uncased")
    .option("--out <dir>", "folder of the encoder (default: the last part of the repository's name)")
    .option("--revision <name>", "branch, tag or commit", "main");
  return withJson(command).action(async (repo: string, flags: PullFlags) => {
    const { revision, json, out = path.basename(repo) } = flags;
    const bar = downloadBar();
    await interruptible(
      (signal) => pull(repo, out, { revision, signal, onProgress: bar.update }).finally(() => bar.stop()),
      () => "Stopped; nothing half-written was left.",
    );
    if (json) await printJson({ repo, revision, folder: out });
    else process.stderr.write(`${repo} is in ${out}\n`);
  });
}

interface PullFlags {
  out?: string;
  revision: string;
  json?: boolean;
}
