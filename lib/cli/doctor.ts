import { existsSync, readdirSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { loadAddon } from "../native/load.js";
import { version } from "../version.js";
import { printJson, withJson } from "./common-options.js";

interface Finding {
  what: string;
  found: string;
  ok: boolean;
  /** What to do about it. */
  advice?: string;
}

export function doctorCommand(): Command {
  const command = new Command("doctor").description(
    "say what was found on this machine, and what to do about the rest",
  );
  return withJson(command).action((flags: { json?: boolean }) => {
    const findings = examine();
    if (flags.json) return printJson({ version, findings });
    for (const { what, found, ok, advice } of findings)
      process.stdout.write(`${ok ? "✓" : "✗"} ${what}: ${found}${advice ? `\n    ${advice}` : ""}\n`);
    if (!findings[0]!.ok) process.exitCode = 1;
  });
}

function examine(): Finding[] {
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  return [
    addon(),
    { what: "Node", found: `${process.version} on ${process.platform}-${process.arch}`, ok: true },
    {
      what: "processor",
      found: `${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} threads`,
      ok: true,
    },
    {
      what: "memory",
      found: `${gigabytes(freemem())} free of ${gigabytes(totalmem())}`,
      ok: freemem() > 2 ** 30,
    },
    { what: "CUDA", found: "not in this version", ok: true, advice: "Everything runs on the CPU" },
    languageModel(),
    models(),
  ];
}

function addon(): Finding {
  try {
    const loaded = loadAddon();
    const found = `loaded, instruction level ${loaded.bestLevel()} (available: ${loaded.availableLevels().join(", ")})`;
    return { what: "native addon", found, ok: true };
  } catch (error) {
    return { what: "native addon", found: (error as Error).message, ok: false };
  }
}

function languageModel(): Finding {
  const installed = resolvable("node-llama-cpp");
  const advice = "Not needed yet: reasoning by a language model is not in this version";
  return { what: "node-llama-cpp", found: installed ? "installed" : "not installed", ok: true, advice };
}

function resolvable(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

function models(): Finding {
  const cache = path.resolve(".cache/models");
  const names = existsSync(cache) ? readdirSync(cache) : [];
  const found = names.length > 0 ? names.join(", ") : "none in .cache/models";
  return {
    what: "models",
    found,
    ok: names.length > 0,
    ...(names.length > 0 ? {} : { advice: "`cdlm models` brings a small encoder" }),
  };
}
