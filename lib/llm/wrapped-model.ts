import type {
  CallOptions,
  Decided,
  Generated,
  GenerateOptions,
  JsonSchema,
  LanguageModel,
  Prompt,
  Question,
} from "./language-model.js";

/** A language model that does something beside what another answers. Disposing it disposes the other. */
export abstract class WrappedModel implements LanguageModel {
  constructor(protected readonly model: LanguageModel) {}

  get name(): string {
    return this.model.name;
  }

  get identity(): string {
    return this.model.identity;
  }

  get parallel(): number {
    return this.model.parallel;
  }

  abstract generate(prompt: Prompt, schema: JsonSchema, options: GenerateOptions): Promise<Generated>;

  abstract decide(prompt: Prompt, question: Question, options?: CallOptions): Promise<Decided>;

  dispose(): Promise<void> {
    return this.model.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
