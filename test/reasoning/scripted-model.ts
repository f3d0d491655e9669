import { answersOf, type LanguageModel, type Prompt, type Question } from "../../lib/llm/language-model.js";

export interface Script {
  /** JSON text for a prompt, or an answer that is turned into JSON. Default: no edges, no reason. */
  generate?: (prompt: Prompt, seed: number) => unknown;
  /** Weights of the answers. Default: all equal. */
  decide?: (question: Question, prompt: Prompt) => readonly number[] | undefined;
  parallel?: number;
  identity?: string;
}

/** A language model that answers by a script and remembers what it was asked. */
export class ScriptedModel implements LanguageModel {
  readonly name = "script";
  readonly identity: string;
  readonly parallel: number;
  readonly prompts: Prompt[] = [];
  readonly decisions: { question: Question; prompt: Prompt }[] = [];
  disposed = 0;

  get questions(): Question[] {
    return this.decisions.map(({ question }) => question);
  }

  constructor(private readonly script: Script = {}) {
    this.identity = script.identity ?? "script";
    this.parallel = script.parallel ?? 1;
  }

  async generate(
    prompt: Prompt,
    _: unknown,
    { seed, signal }: { seed: number; signal?: AbortSignal | undefined },
  ) {
    await turn(signal);
    this.prompts.push(prompt);
    const answer = this.script.generate?.(prompt, seed) ?? { edges: [], reason: "" };
    const text = typeof answer === "string" ? answer : JSON.stringify(answer);
    return { text, usage: { inputTokens: 10, outputTokens: 5 } };
  }

  async decide(prompt: Prompt, question: Question, { signal }: { signal?: AbortSignal | undefined } = {}) {
    await turn(signal);
    this.decisions.push({ question, prompt });
    const count = answersOf(question);
    const weights = this.script.decide?.(question, prompt) ?? new Array<number>(count).fill(1);
    const sum = weights.reduce((a, b) => a + b, 0);
    return {
      probabilities: weights.map((weight) => weight / sum),
      usage: { inputTokens: 10, outputTokens: 0 },
    };
  }

  dispose(): Promise<void> {
    this.disposed++;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** All of the probability on one level, 1 … n. */
export function certain(level: number, count = 5): number[] {
  return Array.from({ length: count }, (_, index) => (index + 1 === level ? 1 : 0));
}

async function turn(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
