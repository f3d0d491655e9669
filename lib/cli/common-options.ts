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
  precision: NonNullable<DeviceOptions["precision"]>;
}

export function withDevice(command: Command): Command {
  return command
    .addOption(
      new Option("--device <device>", "where to compute")
        .choices(["auto", "cpu", "cuda", "reference"])
        .default("auto"),
    )
    .option("--threads <n>", "threads of the engine (default: all cores)", wholeNumber)
    .addOption(
      new Option("--precision <precision>", "of the operands of matrix products; int8 for prediction only")
        .choices(["auto", "fp32", "bf16", "int8"])
        .default("fp32"),
    );
}

export function deviceOf({ device, threads, precision }: DeviceFlags): DeviceOptions {
  return { device, precision, ...(threads === undefined ? {} : { threads }) };
}

export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON document on stdout, and nothing else there");
}
