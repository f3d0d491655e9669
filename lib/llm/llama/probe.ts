import { readdir } from "node:fs/promises";
import path from "node:path";
import { loadNodeLlamaCpp } from "./load.js";

export interface LlamaProbe {
  /** "cuda", "vulkan", "metal"; false: the processor computes. */
  gpu: string | false;
  /** Free bytes where the model would lie. */
  free: number;
  /** Size of the largest file that fits there beside its context, in bytes. */
  largestModel: number;
}

/** What a context of 4,096 tokens and the buffers of a model take, about, as a share of its file. */
const beside = 0.25;

/**
 * What language models in this process have to live with.
 * @throws CdlmError ADDON_MISSING without node-llama-cpp
 */
export async function probeLlama(): Promise<LlamaProbe> {
  const module = await loadNodeLlamaCpp();
  const llama = await module.getLlama({
    gpu: "auto",
    build: "never",
    logLevel: "error",
    logger: () => undefined,
  });
  try {
    const { gpu } = llama;
    const free = gpu === false ? process.availableMemory() : (await llama.getVramState()).free;
    return { gpu, free, largestModel: Math.floor(free / (1 + beside)) };
  } finally {
    await llama.dispose();
  }
}

/** GGUF files below a folder, sorted; none where there is no such folder. */
export async function ggufFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  return entries.filter((name) => name.endsWith(".gguf")).map((name) => path.join(folder, name)).sort(); // prettier-ignore
}
