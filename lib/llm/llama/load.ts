import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CdlmError } from "../../errors.js";
import type { LlamaModule } from "./api.js";

const name = "node-llama-cpp"; // not a literal in import(): the compiler must not look for its types

/**
 * node-llama-cpp, imported at first use: from beside this package, or else from the working directory's project, which
 * serves a command line that is installed globally.
 * @throws CdlmError ADDON_MISSING
 */
export async function loadNodeLlamaCpp(): Promise<LlamaModule> {
  try {
    return (await import(name)) as LlamaModule;
  } catch (cause) {
    const local = path.join(process.cwd(), "node_modules", name, "dist/index.js");
    if (existsSync(local)) return (await import(pathToFileURL(local).href)) as LlamaModule;
    throw new CdlmError("ADDON_MISSING", "an in-process language model needs the package node-llama-cpp", {
      hint: `Install it with \`npm install ${name}\`, or give the address of an OpenAI-compatible server`,
      cause,
    });
  }
}
