import { z } from "zod";
import { CdlmError } from "../../errors.js";
import { parseJson } from "../../files/parse-json.js";
import { parseOptions } from "../../options.js";
import { normalised } from "../distribution.js";
import { jsonSchemaOf } from "../json-schema.js";
import type {
  CallOptions,
  Decided,
  Generated,
  GenerateOptions,
  JsonSchema,
  LanguageModel,
  Prompt,
  Question,
  Usage,
} from "../language-model.js";
import { Limiter } from "../limiter.js";
import { chatAnswer, type ChatAnswer } from "./chat-answer.js";
import { Endpoint, type EndpointCounts } from "./endpoint.js";
import { Refusal, type Poster } from "./poster.js";
import { letteredText, letters, letterWeights, optionsOf } from "./lettered-question.js";
import { inPages } from "./pages.js";

export const openAiOptionsSchema = z.strictObject({
  /** Base of the API, e.g. http://localhost:8080/v1. */
  url: z
    .url({ protocol: /^https?$/ })
    .refine(
      (url) => !/^\w+:\/\/[^/]*@/.test(url),
      "a user or password does not belong in the address; a key goes into apiKey",
    ),
  /** Name of the model at the endpoint. */
  model: z.string().min(1),
  apiKey: z.string().min(1).optional(),
  /** Requests at once. */
  parallel: z.int().min(1).max(256).default(4),
  /** Longest wait for an answer, in milliseconds. */
  timeout: z.int().min(1).max(3_600_000).default(120_000),
  /** Attempts after the first. */
  retries: z.int().min(0).max(20).default(5),
  /** First pause between attempts, in milliseconds. */
  pause: z.int().min(1).max(60_000).default(500),
});
export type OpenAiOptions = z.input<typeof openAiOptionsSchema>;

/** How many likeliest tokens are asked for, until the server says that it gives fewer; 0: it gives none. */
const tokenCaps = [20, 5, 0] as const;

/** A language model behind an endpoint that speaks OpenAI's protocol: GPT, vLLM, llama.cpp's server and others. */
export class OpenAiModel implements LanguageModel {
  readonly name: string;
  readonly identity: string;
  readonly parallel: number;
  private readonly endpoint: Poster;
  private readonly limiter: Limiter;
  private readonly model: string;
  private cap = 0; // index in tokenCaps
  private disposed = false;

  /**
   * @param poster what carries the requests; default: the network
   * @throws CdlmError INVALID_OPTION
   */
  constructor(options: OpenAiOptions, poster?: Poster) {
    const { model, parallel, ...rest } = parseOptions(openAiOptionsSchema, options, "endpoint");
    this.endpoint = poster ?? new Endpoint(rest);
    this.limiter = new Limiter(parallel);
    this.model = model;
    this.parallel = parallel;
    this.name = `${model} at ${this.endpoint.place}`;
    this.identity = `openai ${this.endpoint.place} ${model}`;
  }

  /** Requests and failures so far, where the network carries them. */
  get counts(): EndpointCounts | undefined {
    return this.endpoint instanceof Endpoint ? this.endpoint.counts : undefined;
  }

  async generate(prompt: Prompt, schema: JsonSchema, options: GenerateOptions): Promise<Generated> {
    const { maxTokens, temperature, seed, signal } = options;
    const json_schema = { name: "answer", strict: true, schema: withoutLengths(schema) };
    const body = {
      ...this.chat(prompt.system, prompt.user),
      max_tokens: maxTokens,
      temperature,
      seed,
      response_format: { type: "json_schema", json_schema },
    };
    const answer = await this.ask(body, signal);
    return { text: answer.choices[0]!.message.content ?? "", usage: usageOf(answer) };
  }

  async decide(prompt: Prompt, question: Question, { signal }: CallOptions = {}): Promise<Decided> {
    const options = optionsOf(question);
    const usage = { inputTokens: 0, outputTokens: 0 };
    const decide = async (some: readonly string[]) => this.page(prompt, question, some, usage, signal);
    return {
      probabilities: await inPages(options, () => Math.min(tokenCaps[this.cap]! || 20, 20), decide),
      usage,
    };
  }

  dispose(): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Probabilities of at most as many options as the server tells likeliest tokens. */
  private async page(
    prompt: Prompt,
    question: Question,
    options: readonly string[],
    usage: Usage,
    signal: AbortSignal | undefined,
  ): Promise<number[]> {
    const chat = this.chat(prompt.system, `${prompt.user}\n\n${letteredText(question, options)}`);
    const weights = await this.letterWeights(chat, options.length, usage, signal);
    return weights ?? this.chosenLetter(chat, options.length, usage, signal);
  }

  private async letterWeights(chat: object, count: number, usage: Usage, signal?: AbortSignal) {
    for (let cap = this.cap; tokenCaps[cap]! > 0; cap = this.cap) {
      const top_logprobs = tokenCaps[cap]!;
      const body = { ...chat, max_tokens: 1, temperature: 0, logprobs: true, top_logprobs };
      try {
        const answer = await this.ask(body, signal);
        add(usage, answer);
        const top = answer.choices[0]!.logprobs?.content?.[0]?.top_logprobs;
        const weights = top && letterWeights(top, count);
        if (weights) return normalised(weights, count);
        if (!top || top.length === 0) this.cap = tokenCaps.length - 1; // accepted, but not given
        return undefined;
      } catch (error) {
        const { cause } = error as Error;
        if (!(cause instanceof Refusal) || !/log_?prob/i.test(cause.message)) throw error;
        this.cap = Math.max(this.cap, cap + 1); // others may have been refused at the same time
      }
    }
    return undefined;
  }

  /** Without probabilities: the letter that the model writes, taken for certain. */
  private async chosenLetter(chat: object, count: number, usage: Usage, signal?: AbortSignal) {
    const answerSchema = z.object({ answer: z.enum(letters.slice(0, count)) });
    const json_schema = { name: "answer", strict: true, schema: jsonSchemaOf(answerSchema) };
    const body = {
      ...chat,
      max_tokens: 20,
      temperature: 0,
      response_format: { type: "json_schema", json_schema },
    };
    const answer = await this.ask(body, signal);
    add(usage, answer);
    const parsed = answerSchema.safeParse(jsonOf(answer.choices[0]!.message.content ?? ""));
    const chosen = parsed.success ? letters.indexOf(parsed.data.answer) : -1;
    // An answer of no form says nothing: every option is as likely as the others.
    return Array.from({ length: count }, (_, index) => (chosen < 0 ? 1 / count : index === chosen ? 1 : 0));
  }

  private chat(system: string, user: string) {
    const messages = [
      { role: "system", content: system },
      { role: "user", content: user },
    ];
    return { model: this.model, messages };
  }

  private async ask(body: object, signal?: AbortSignal): Promise<ChatAnswer> {
    if (this.disposed) throw new CdlmError("INVALID_STATE", "the language model is disposed");
    const value = await this.limiter.run(() => this.endpoint.post("/chat/completions", body, signal), signal);
    const parsed = chatAnswer.safeParse(value);
    if (parsed.success) return parsed.data;
    throw this.endpoint.failure("its answer has another form", parsed.error.issues[0]!.message);
  }
}

/** OpenAI's strict mode refuses limits of lengths; the answer is checked against them anyway. */
function withoutLengths(schema: JsonSchema): JsonSchema {
  const limits = new Set(["maxLength", "minLength"]);
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (limits.has(key) ? undefined : value))) as JsonSchema; // prettier-ignore
}

function usageOf({ usage }: ChatAnswer): Usage {
  return { inputTokens: usage?.prompt_tokens ?? 0, outputTokens: usage?.completion_tokens ?? 0 };
}

function add(usage: Usage, answer: ChatAnswer): void {
  const { inputTokens, outputTokens } = usageOf(answer);
  usage.inputTokens += inputTokens;
  usage.outputTokens += outputTokens;
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
