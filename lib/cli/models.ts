import { Command } from "commander";
import { fetchModel, type FetchProgress } from "../hub/models.js";
import { knownModels, type ModelName } from "../hub/known-models.js";
import { interruptible } from "./failure.js";

export function modelsCommand(): Command {
  return new Command("models")
    .description("bring a small model into .cache/models, checked by sha256")
    .argument("[name]", Object.keys(knownModels).join(" or "), "all-MiniLM-L6-v2")
    .action(async (model: ModelName) => {
      const { signal, done } = interruptible("Stopped; nothing half-written was left.");
      try {
        const { folder } = await fetchModel({ model, signal, onProgress: report });
        process.stdout.write(`${folder}\n`);
      } finally {
        done();
      }
    });
}

/** One line for each thing that happened. */
export function report(progress: FetchProgress): void {
  switch (progress.event) {
    case "kept":
      return void process.stderr.write(`${progress.file} is there and right\n`);
    case "trying":
      return void process.stderr.write(`trying ${progress.way}: ${progress.address}\n`);
    case "failed":
      return void process.stderr.write(`${progress.way} did not work: ${progress.reason}\n`);
    case "stored":
      return void process.stderr.write(`${progress.file} came from ${progress.way}\n`);
    case "bytes":
      if (process.stderr.isTTY)
        process.stderr.write(`\r${progress.file} ${Math.round((100 * progress.done) / progress.total)}% `);
  }
}
