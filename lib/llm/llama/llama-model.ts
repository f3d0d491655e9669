import path from "node:path";
import { z } from "zod";
import { CdlmError } from "../../errors.js";
import { parseOptions } from "../../options.js";
import { answersOf } from "../language-model.js";
import type {
  CallOptions,
  Decided,
  Generated,
  GenerateOptions,
  JsonSchema,
  LanguageModel,
  Prompt,
  Question,
} from "../language-model.js";
import { checksumOfGguf } from "./gguf-file.js";
import { LoadedModel } from "./loaded-model.js";

export const llamaOptionsSchema = z.strictObject({
  /** Sequences evaluated together. */
  parallel: z.int().min(1).max(64).default(2),
  /** Tokens that a text, its question and the answer may have together. */
  contextSize: z.int().min(128).max(1_000_000).default(4096),
  /** Threads; default: those of the machine. */
  threads: z.int().min(1).max(1024).optional(),
  /** Layers computed on the GPU; 0 leaves it alone. */
  gpuLayers: z.union([z.literal("auto"), z.int().min(0)]).default("auto"),
});
export type LlamaOptions = z.input<typeof llamaOptionsSchema>;
export type LlamaSettings = z.output<typeof llamaOptionsSchema>;

/** A language model in a GGUF file, run in this process by llama.cpp. Its weights are loaded at the first question. */
export class LlamaModel implements LanguageModel {
  readonly name: string;
  readonly parallel: number;
  private loading: Promise<LoadedModel> | undefined;
  private readonly ending = new AbortController();
  private disposal: Promise<void> | undefined;

  private constructor(
    private readonly file: string,
    readonly identity: string,
    private readonly settings: LlamaSettings,
  ) {
    this.name = path.basename(file);
    this.parallel = settings.parallel;
  }

  /**
   * Checks the file and takes its checksum.
   * @throws CdlmError FILE_NOT_FOUND, FILE_INVALID, INVALID_OPTION; the signal's reason
   */
  static async open(file: string, options: LlamaOptions & CallOptions = {}): Promise<LlamaModel> {
    const { signal, ...rest } = options;
    const settings = parseOptions(llamaOptionsSchema, rest, "language model");
    return new LlamaModel(file, `gguf ${await checksumOfGguf(file, signal)}`, settings);
  }

  async generate(prompt: Prompt, schema: JsonSchema, options: GenerateOptions): Promise<Generated> {
    return this.guard(options.signal, (model) => model.generate(prompt, schema, options));
  }

  async decide(prompt: Prompt, question: Question, { signal }: CallOptions = {}): Promise<Decided> {
    if (answersOf(question) === 1) return { probabilities: [1], usage: { inputTokens: 0, outputTokens: 0 } };
    return this.guard(signal, (model) => model.decide(prompt, question, signal));
  }

  dispose(): Promise<void> {
    return (this.disposal ??= this.free());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private async free(): Promise<void> {
    this.ending.abort(disposed());
    const model = await this.loading?.catch(() => undefined);
    await model?.dispose();
  }

  private async guard<T>(
    signal: AbortSignal | undefined,
    work: (model: LoadedModel) => Promise<T>,
  ): Promise<T> {
    if (this.disposal) throw disposed();
    signal?.throwIfAborted();
    try {
      this.loading ??= LoadedModel.load(this.file, this.settings, this.ending.signal);
      return await atOnce(this.loading.then(work), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.explained(error);
    }
  }

  private explained(cause: unknown): CdlmError {
    if (cause instanceof CdlmError) return cause;
    const { message } = cause as Error;
    const { file } = this;
    if (/memory|\bV?RAM\b/i.test(message)) {
      const hint = "Take a smaller model, a smaller context or fewer sequences";
      return new CdlmError("OUT_OF_MEMORY", "too little memory for the language model", { file, received: message, hint, cause }); // prettier-ignore
    }
    return new CdlmError("FILE_INVALID", "the language model does not work", {
      file,
      received: message,
      cause,
    });
  }
}

const disposed = () => new CdlmError("INVALID_STATE", "the language model is disposed");

/** Ends with the signal, even where the work takes its time to stop. */
function atOnce<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason as Error);
    signal.addEventListener("abort", leave, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
