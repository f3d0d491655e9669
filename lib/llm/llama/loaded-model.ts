import { CdlmError } from "../../errors.js";
import type { Decided, Generated, GenerateOptions, JsonSchema, Prompt, Question } from "../language-model.js";
import { Limiter } from "../limiter.js";
import type { ChatWrapper, Context, DecisionContext, Llama, LlamaModule, Model, Sequence } from "./api.js";
import { ClosedQuestions } from "./closed-questions.js";
import { DecisionQueue, textOf } from "./decision-queue.js";
import type { LlamaSettings } from "./llama-model.js";
import { loadNodeLlamaCpp } from "./load.js";
import { ScoreReader } from "./score-reader.js";

/** Tokens that chat templates and the wording of a question's answers add, at most about. */
const overhead = 160;

/** Formats that would tell the model today's date: answers must not depend on the day. */
const undated = Object.fromEntries(
  ["llama3.1", "llama3.2-lightweight", "harmony", "muse"].map((format) => [format, { todayDate: null }]),
);

/** A model in memory with its two contexts: one writes answers and reads scores, one decides. */
export class LoadedModel {
  private readonly sequences: Sequence[];
  private readonly limiter: Limiter;
  private readonly decisions: DecisionQueue;
  private readonly scores: DecisionQueue;
  private readonly running = new Set<Promise<unknown>>();

  private constructor(
    private readonly module: LlamaModule,
    private readonly llama: Llama,
    private readonly model: Model,
    private readonly wrapper: ChatWrapper,
    private readonly chat: Context,
    private readonly decider: DecisionContext,
    private readonly contextSize: number,
    parallel: number,
  ) {
    this.sequences = Array.from({ length: parallel }, () => chat.getSequence());
    this.limiter = new Limiter(parallel);
    this.decisions = new DecisionQueue(new ClosedQuestions(decider));
    this.scores = new DecisionQueue(new ScoreReader(model, wrapper, chat.getSequence()));
  }

  static async load(file: string, settings: LlamaSettings, signal: AbortSignal): Promise<LoadedModel> {
    const { threads, gpuLayers, parallel } = settings;
    const module = await loadNodeLlamaCpp();
    const messages: string[] = [];
    const llama = await module.getLlama({
      gpu: gpuLayers === 0 ? false : "auto",
      build: "never",
      logLevel: "error",
      logger: (_, message) => messages.push(message.trim()),
      ...(threads === undefined ? {} : { maxThreads: threads }),
    });
    try {
      if (gpuLayers !== "auto" && gpuLayers > 0) requireGpu(llama);
      const loading = llama.loadModel({ modelPath: file, gpuLayers, loadSignal: signal });
      const model = await loading.catch((cause: Error) => {
        signal.throwIfAborted();
        const received = [cause.message, ...messages.slice(-3)].join("; ");
        throw new CdlmError("FILE_INVALID", "the language model cannot be loaded", { file, received, cause });
      });
      requireTemplate(file, model);
      const chatWrapper = module.resolveChatWrapper(model, {
        warningLogs: false,
        customWrapperSettings: undated,
      });
      const contextSize = Math.min(settings.contextSize, model.trainContextSize);
      const shared = { contextSize, ...(threads === undefined ? {} : { threads }) };
      const chat = await model.createContext({ ...shared, sequences: parallel + 1 });
      const decider = await model.createDecisionContext({
        ...shared,
        parallelQuestions: parallel,
        chatWrapper,
      });
      return new LoadedModel(module, llama, model, chatWrapper, chat, decider, contextSize, parallel);
    } catch (error) {
      await llama.dispose();
      throw error;
    }
  }

  async generate({ system, user }: Prompt, schema: JsonSchema, options: GenerateOptions): Promise<Generated> {
    const { maxTokens, temperature, seed, signal } = options;
    this.requireRoom(system + user, maxTokens);
    const write = async () => {
      const grammar = await this.llama.createGrammarForJsonSchema(schema);
      const sequence = this.sequences.pop()!;
      const before = sequence.tokenMeter.getState();
      const session = new this.module.LlamaChatSession({
        contextSequence: sequence,
        systemPrompt: system,
        chatWrapper: this.wrapper,
        autoDisposeSequence: false,
      });
      try {
        const sampling = { maxTokens, temperature, seed, repeatPenalty: false as const };
        const told = signal ? { signal } : {};
        const { responseText } = await session.promptWithMeta(user, { grammar, ...sampling, ...told });
        const after = sequence.tokenMeter.getState();
        const inputTokens = after.usedInputTokens - before.usedInputTokens;
        const outputTokens = after.usedOutputTokens - before.usedOutputTokens;
        return { text: responseText, usage: { inputTokens, outputTokens } };
      } finally {
        session.dispose({ disposeSequence: false });
        this.sequences.push(sequence);
      }
    };
    return this.tracked(this.limiter.run(write, signal));
  }

  async decide(prompt: Prompt, question: Question, signal: AbortSignal | undefined): Promise<Decided> {
    const answers = question.kind === "choice" ? JSON.stringify(question.choices) : "";
    this.requireRoom(textOf(prompt) + question.text + answers, 1);
    const queue = question.kind === "score" ? this.scores : this.decisions;
    return this.tracked(queue.ask(prompt, question, signal));
  }

  /** How conversations are written down for this model. */
  get chatFormat(): string {
    return this.wrapper.wrapperName;
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this.running);
    await Promise.all([this.decisions.drain(), this.scores.drain()]);
    await this.decider.dispose();
    await this.chat.dispose();
    await this.model.dispose();
    await this.llama.dispose();
  }

  private tracked<T>(call: Promise<T>): Promise<T> {
    this.running.add(call);
    const end = () => this.running.delete(call);
    call.then(end, end);
    return call;
  }

  /** Nothing is cut silently: half a text would be judged as if it were the whole. */
  private requireRoom(text: string, answer: number): void {
    const needed = this.model.tokenize(text).length + answer + overhead;
    if (needed <= this.contextSize) return;
    throw new CdlmError("DATA_INVALID", "a text is too long for the language model's context", {
      expected: `at most ${this.contextSize} tokens with question and answer`,
      received: `about ${needed}`,
      hint: "Split the text, or take a larger context where the model has one",
    });
  }
}

function requireGpu({ gpu }: Llama): void {
  if (gpu !== false) return;
  throw new CdlmError("DEVICE_UNAVAILABLE", "node-llama-cpp finds no GPU for the language model's layers", {
    hint: "Leave the number of GPU layers out, or install a driver and node-llama-cpp's package for this GPU",
  });
}

function requireTemplate(file: string, model: Model): void {
  if (model.fileInfo.metadata.tokenizer?.chat_template) return;
  throw new CdlmError("FILE_INVALID", "the model has no chat template, so it cannot take instructions", {
    file,
    hint: "Take an instruction-tuned model (its name often ends in Instruct)",
  });
}
