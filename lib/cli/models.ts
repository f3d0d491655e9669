import { Argument, Command } from "commander";
import { knownModels, type ModelName } from "../hub/known-models.js";
import { fetchModel, type FetchProgress } from "../hub/models.js";
import { withJson } from "./common-options.js";
import { downloadBar } from "./download-bar.js";
import { interruptible } from "./failure.js";
import { printJson } from "./print.js";

export function modelsCommand(): Command {
  const name = new Argument("[name]", "which one")
    .choices(Object.keys(knownModels))
    .default("all-MiniLM-L6-v2");
  const command = new Command("models")
    .description("bring a small model into .cache/models of this folder, checked by sha256")
    .addArgument(name);
  return withJson(command).action(async (model: ModelName, flags: { json?: boolean }) => {
    const { report, stop } = modelReport();
    const fetched = await interruptible(
      (signal) => fetchModel({ model, signal, onProgress: report }).finally(stop),
      () => "Stopped; nothing half-written was left.",
    );
    if (flags.json) await printJson(fetched);
    else process.stderr.write(`${model} is in ${fetched.folder}\n`);
  });
}

/** What happens while a model is fetched, on stderr: a line for each event and a bar for the bytes. */
export function modelReport(): { report: (progress: FetchProgress) => void; stop: () => void } {
  const bar = downloadBar();
  const line = (text: string) => {
    bar.stop();
    process.stderr.write(`${text}\n`);
  };
  const report = (progress: FetchProgress) => {
    if (progress.event === "bytes") bar.update(progress);
    else if (progress.event === "kept") line(`${progress.file}: there and intact`);
    else if (progress.event === "trying") line(`trying ${progress.way}: ${progress.address}`);
    else if (progress.event === "failed") line(`${progress.way} did not work: ${progress.reason}`);
    else line(`${progress.file}: stored, from ${progress.way}`);
  };
  return { report, stop: bar.stop };
}
