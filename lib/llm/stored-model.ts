import { answerKey, type AnswerStore } from "./answer-store.js";
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
} from "./language-model.js";
import { Limiter } from "./limiter.js";
import { WrappedModel } from "./wrapped-model.js";

export interface AnswerCounts extends Usage {
  /** Answers that the model has given. */
  asked: number;
  /** Answers that were known. */
  stored: number;
}

interface Asking {
  answer: Promise<Generated | Decided>;
  /** Of who asked first. */
  signal: AbortSignal | undefined;
}

/**
 * A language model whose answers are kept: none is asked for twice, not even by two calls at once. At most `parallel`
 * questions are asked and not yet stored, so that the death of the process costs no more answers than that. Disposing
 * it disposes the model; the store stays open.
 */
export class StoredModel extends WrappedModel {
  readonly counts: AnswerCounts = { asked: 0, stored: 0, inputTokens: 0, outputTokens: 0 };
  private readonly running = new Map<string, Asking>();
  private readonly limiter: Limiter;

  constructor(
    model: LanguageModel,
    private readonly store: AnswerStore,
  ) {
    super(model);
    this.limiter = new Limiter(model.parallel);
  }

  generate(prompt: Prompt, schema: JsonSchema, options: GenerateOptions): Promise<Generated> {
    const { maxTokens, temperature, seed } = options;
    const key = answerKey("generate", this.identity, prompt.system, prompt.user, schema, maxTokens, temperature, seed); // prettier-ignore
    return this.recall(key, () => this.model.generate(prompt, schema, options), options.signal);
  }

  decide(prompt: Prompt, question: Question, options?: CallOptions): Promise<Decided> {
    const key = answerKey("decide", this.identity, prompt.system, prompt.user, question);
    return this.recall(key, () => this.model.decide(prompt, question, options), options?.signal);
  }

  private async recall<A extends Generated | Decided>(
    key: string,
    ask: () => Promise<A>,
    signal: AbortSignal | undefined,
  ): Promise<A> {
    const known = this.store.get(key) as A | undefined;
    if (known !== undefined) {
      this.counts.stored++;
      return known;
    }
    const running = this.running.get(key);
    if (running) {
      try {
        return (await underSignal(running.answer, signal)) as A;
      } catch (error) {
        signal?.throwIfAborted();
        if (!running.signal?.aborted) throw error;
        return this.recall(key, ask, signal); // who asked first has gone
      }
    }
    const answer = this.limiter
      .run(() => this.askAndKeep(key, ask), signal)
      .finally(() => this.running.delete(key));
    this.running.set(key, { answer, signal });
    return answer;
  }

  private async askAndKeep<A extends Generated | Decided>(key: string, ask: () => Promise<A>): Promise<A> {
    const answer = await ask();
    this.counts.asked++;
    this.counts.inputTokens += answer.usage.inputTokens;
    this.counts.outputTokens += answer.usage.outputTokens;
    await this.store.put(key, answer);
    return answer;
  }
}

/** What a promise gives, or the signal's reason if it fires first. */
function underSignal<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason as Error);
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
