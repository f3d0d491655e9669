import { InvalidArgumentError, Option, type Command } from "commander";
import type { DeviceOptions } from "../native/create-engine.js";

export function wholeNumber(value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError("a whole number is expected");
}

export interface DeviceFlags {
  device: NonNullable<DeviceOptions["device"]>;
  threads?: number;
}

export function withDevice(command: Command): Command {
  return command
    .addOption(
      new Option("--device <device>", "where to compute")
        .choices(["auto", "cpu", "cuda", "reference"])
        .default("auto"),
    )
    .option("--threads <n>", "threads of the engine (default: all cores)", wholeNumber);
}

export function deviceOf({ device, threads }: DeviceFlags): DeviceOptions {
  return threads === undefined ? { device } : { device, threads };
}

export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON document on stdout, and nothing else there");
}

/** The one JSON document of a command. */
export function printJson(value: unknown): void {
  process.stdout.write(JSON.stringify(value, null, 2) + "\n");
}
