#!/usr/bin/env node
import { CommanderError } from "commander";
import { exitCode, explain } from "./failure.js";
import { createProgram } from "./program.js";

/** Exit codes: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted. */
async function main(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) process.stderr.write(explain(error));
    process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : exitCode(error);
  }
}

void main();
