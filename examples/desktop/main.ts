/**
 * A tool for the desktop that works offline: paste text, see its entities and why the model finds them, correct them, adapt the
 * model to the corrections. Run by `npm run desktop -- --work DIR`; ARCHITECTURE.md says what is where.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { explain } from "../../lib/cli/failure.js";
import { CdlmError } from "../../lib/index.js";
import { packageRoot } from "../../lib/native/load.js";
import { openInBrowser } from "./open-in-browser.js";
import { routesOf } from "./routes.js";
import { serve } from "./server.js";
import { Workplace } from "./workplace.js";

/** Models that are taken where none is named: of a packed tool, and of the demo. */
const modelsAtHand = ["model", ".cache/demo/music"].map((folder) => path.join(packageRoot, folder));

interface Flags {
  model?: string;
  work: string;
  epochs: number;
  open: boolean;
}

const command = new Command("desktop")
  .description("find, explain and correct entities on a local page, and adapt the model to the corrections")
  .option("--model <dir>", "folder of a model")
  .requiredOption("--work <dir>", "folder for your corrections and the adapted model")
  .option("--epochs <number>", "passes of an adaptation over the corrected lines", wholeNumber, 30)
  .option("--open", "opens the page in your browser", false)
  .action(async ({ model = modelAtHand(), work, epochs, open }: Flags) => {
    const workplace = await Workplace.open({ model, work: path.resolve(work), epochs });
    const stop = async () => {
      server.close();
      await workplace.close();
    };
    const quit = () => void stop().catch(fail);
    const server = await serve(routesOf(workplace, quit));
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, quit);
    process.stdout.write(`The page is at ${server.url}\nCtrl-C ends the program.\n`);
    if (open) openInBrowser(server.url);
  });

function modelAtHand(): string {
  const found = modelsAtHand.find((folder) => existsSync(path.join(folder, "cdlm.json")));
  if (found) return found;
  throw new CdlmError("INVALID_OPTION", "no model is named, and none is at hand", {
    expected: "--model with the folder of a model",
    hint: "`npm run demo` trains one that this tool finds by itself; `cdlm train` and `cdlm adapt` make others",
  });
}

function wholeNumber(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("Expected a whole number, 1 to 9999.");
}

function fail(error: unknown): void {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}

command.parseAsync().catch(fail);
