import type { Decided, Prompt, Question } from "../language-model.js";

/** What answers closed questions about one prompt. */
export interface Decider {
  /** Answers in the order of the questions. */
  decide(prompt: Prompt, questions: readonly Question[]): Promise<Decided[]>;
}

interface Waiting {
  prompt: Prompt;
  /** Of the prompt: what tells those about the same one. */
  text: string;
  question: Question;
  signal: AbortSignal | undefined;
  resolve: (decided: Decided) => void;
  reject: (error: Error) => void;
}

/**
 * Questions on their way to the model. Those about the same prompt go together: it is evaluated once for all of them.
 * Next comes the prompt that has most in common with the last one, because a common beginning is not evaluated again.
 */
export class DecisionQueue {
  private readonly waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private last = "";

  constructor(private readonly decider: Decider) {}

  /** Rejects with the signal's reason at once, although an evaluation that runs is let run to its end. */
  ask(prompt: Prompt, question: Question, signal: AbortSignal | undefined): Promise<Decided> {
    return new Promise<Decided>((resolve, reject) => {
      const leave = () => reject(signal!.reason as Error);
      signal?.addEventListener("abort", leave, { once: true });
      const end = () => signal?.removeEventListener("abort", leave);
      this.waiting.push({
        prompt,
        text: textOf(prompt),
        question,
        signal,
        resolve: (decided) => (end(), resolve(decided)),
        reject: (error) => (end(), reject(error)),
      });
      // In the next turn, so that questions of the same turn come together.
      this.running ??= new Promise<void>((run) => setImmediate(run)).then(() => this.work());
    });
  }

  /** Waits for the evaluation that runs; questions that wait are still answered. */
  async drain(): Promise<void> {
    await this.running;
  }

  private async work(): Promise<void> {
    for (let group = this.nextGroup(); group.length > 0; group = this.nextGroup()) await this.decide(group);
    this.running = undefined;
  }

  private nextGroup(): Waiting[] {
    const live = this.waiting.splice(0).filter(({ signal }) => !signal?.aborted);
    const nearest = likest(live.map(({ text }) => text), this.last); // prettier-ignore
    this.waiting.push(...live.filter(({ text }) => text !== nearest));
    this.last = nearest ?? this.last;
    return live.filter(({ text }) => text === nearest);
  }

  private async decide(group: readonly Waiting[]): Promise<void> {
    try {
      const questions = group.map(({ question }) => question);
      const answers = await this.decider.decide(group[0]!.prompt, questions);
      for (const [k, { resolve }] of group.entries()) resolve(answers[k]!);
    } catch (error) {
      for (const { reject } of group) reject(error as Error);
    }
  }
}

/** What the model is given to read before a question. */
export function textOf({ system, user }: Prompt): string {
  return `${system}\n\n${user}`;
}

/** The text with the longest beginning in common with another; the first one of equals. */
function likest(texts: readonly string[], other: string): string | undefined {
  const common = (text: string) => {
    let length = 0;
    while (length < text.length && text[length] === other[length]) length++;
    return length;
  };
  const lengths = texts.map(common);
  return texts[lengths.indexOf(Math.max(...lengths))];
}
