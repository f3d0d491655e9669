import type {
  CallOptions,
  Decided,
  Generated,
  GenerateOptions,
  JsonSchema,
  Prompt,
  Question,
  Usage,
} from "./language-model.js";
import { WrappedModel } from "./wrapped-model.js";

/** What answers have cost. */
export interface AnswerCost extends Usage {
  /** Answers. */
  questions: number;
  /** Time in which at least one call was running. */
  seconds: number;
}

/** A language model with a meter on it. Disposing it disposes the model. */
export class MeteredModel extends WrappedModel {
  readonly cost: AnswerCost = { questions: 0, inputTokens: 0, outputTokens: 0, seconds: 0 };
  private running = 0;
  private since = 0;

  generate(prompt: Prompt, schema: JsonSchema, options: GenerateOptions): Promise<Generated> {
    return this.metered(() => this.model.generate(prompt, schema, options));
  }

  decide(prompt: Prompt, question: Question, options?: CallOptions): Promise<Decided> {
    return this.metered(() => this.model.decide(prompt, question, options));
  }

  private async metered<A extends Generated | Decided>(call: () => Promise<A>): Promise<A> {
    if (this.running++ === 0) this.since = performance.now();
    try {
      const answer = await call();
      this.cost.questions++;
      this.cost.inputTokens += answer.usage.inputTokens;
      this.cost.outputTokens += answer.usage.outputTokens;
      return answer;
    } finally {
      if (--this.running === 0) this.cost.seconds += (performance.now() - this.since) / 1000;
    }
  }
}
