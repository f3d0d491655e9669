import { Command } from "commander";
import { version } from "../version.js";
import { adaptCommand } from "./adapt.js";
import { benchCommand } from "./bench.js";
import { causalCommand } from "./causal.js";
import { doctorCommand } from "./doctor.js";
import { evaluateCommand } from "./evaluate.js";
import { explainCommand } from "./explain.js";
import { labelCommand } from "./label.js";
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
  labelCommand,
  explainCommand,
  causalCommand,
  doctorCommand,
  benchCommand,
];

/** The whole command line; nothing in it ends the process, wrong usage throws a CommanderError. */
export function createProgram(): Command {
  const program = new Command("cdlm")
    .description("Cross-domain named-entity recognition: train, adapt from few labels, recognise")
    .version(version)
    .enablePositionalOptions() // so that a command and its subcommand may have options of one name
    .exitOverride()
    .configureHelp({ sortSubcommands: false });
  for (const command of commands) program.addCommand(command().exitOverride());
  return program;
}
