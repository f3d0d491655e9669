import { InvalidArgumentError, Option, type Command } from "commander";
import { answeredTypes, type AnsweredTypes } from "../model/answered-types.js";
import type { DeviceOptions } from "../native/create-engine.js";

export function wholeNumber(value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError("a whole number is expected");
}

export interface DeviceFlags {
  device: NonNullable<DeviceOptions["device"]>;
  deviceIndex?: number;
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
    .option("--device-index <n>", "which GPU, for --device cuda (default: 0)", wholeNumber)
    .option("--threads <n>", "threads of the engine (default: all cores)", wholeNumber)
    .addOption(
      new Option("--precision <precision>", "of the operands of matrix products; int8 for prediction only")
        .choices(["auto", "fp32", "bf16", "int8"])
        .default("fp32"),
    );
}

export function deviceOf({ device, deviceIndex, threads, precision }: DeviceFlags): DeviceOptions {
  return {
    device,
    precision,
    ...(deviceIndex === undefined ? {} : { deviceIndex }),
    ...(threads === undefined ? {} : { threads }),
  };
}

/** Which types a model answers with; `explain` is of one head at a time. */
export function withTypes(command: Command, choices: readonly AnsweredTypes[] = answeredTypes): Command {
  const about = "of a model that was adapted with --keep: its own types, or those of its source";
  return command.addOption(new Option("--types <types>", about).choices(choices).default("own"));
}

export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON document on stdout, and nothing else there");
}
