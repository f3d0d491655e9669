#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { version } from "../version.js";
import { adaptCommand } from "./adapt.js";
import { benchCommand } from "./bench.js";
import { doctorCommand } from "./doctor.js";
import { evaluateCommand } from "./evaluate.js";
import { exitCode, explain } from "./failure.js";
import { modelsCommand } from "./models.js";
import { predictCommand } from "./predict.js";
import { pullCommand } from "./pull.js";
import { trainCommand } from "./train.js";

const commands = [
  pullCommand,
  modelsCommand,
  trainCommand,
  adaptCommand,
  predictCommand,
  evaluateCommand,
  doctorCommand,
  benchCommand,
];

/** Exit codes: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted. */
async function main(): Promise<void> {
  const program = new Command("cdlm")
    .description("Cross-domain named-entity recognition: train, adapt from few labels, recognise")
    .version(version)
    .enablePositionalOptions() // so that a command and its subcommand may have options of one name
    .exitOverride()
    .configureHelp({ sortSubcommands: false });
  for (const command of commands) program.addCommand(command().exitOverride());
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) process.stderr.write(explain(error));
    process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : exitCode(error);
  }
}

void main();
