import { explain, Recognizer } from "../../lib/index.js";
import { splitWords } from "../../lib/text/word-split.js";
import type { FoundMention, Line, Why } from "./protocol.js";

type Read = Pick<Line, "text" | "words" | "entities" | "warnings">;

/** The recogniser that answers, and how it gives way to another while questions are being answered. */
export class ModelInUse {
  readonly #running = new Set<Promise<unknown>>();

  private constructor(
    private recognizer: Recognizer,
    public folder: string,
  ) {}

  static async load(folder: string): Promise<ModelInUse> {
    return new ModelInUse(await Recognizer.load(folder), folder);
  }

  get types(): readonly string[] {
    return this.recognizer.types;
  }

  get isCalibrated(): boolean {
    return this.recognizer.calibration !== null;
  }

  /** Reads texts that hold no line break. */
  read(texts: readonly string[], signal: AbortSignal): Promise<Read[]> {
    return this.#use(async (recognizer) => {
      const documents = await recognizer.recognize(texts, { signal });
      return documents.map(({ text, entities, warnings }) => ({
        text,
        words: splitWords(text).map(({ start, end }) => [start, end] as const),
        entities: entities.map(({ start, end, type, confidence }): FoundMention => ({ start, end, type, confidence })), // prettier-ignore
        warnings,
      }));
    });
  }

  /** What speaks for each entity that the model finds in a text, and what against it. */
  explain(text: string, signal: AbortSignal): Promise<Why[]> {
    return this.#use(async (recognizer) => (await explain(recognizer, text, { signal })).entities);
  }

  /** Answers by the model in `folder` from now on. Whoever was asking gets their answer from the earlier one. */
  async replace(folder: string): Promise<void> {
    const next = await Recognizer.load(folder);
    const [before, asked] = [this.recognizer, [...this.#running]];
    [this.recognizer, this.folder] = [next, folder];
    await Promise.allSettled(asked);
    await before.dispose();
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.recognizer.dispose();
  }

  async #use<T>(work: (recognizer: Recognizer) => Promise<T>): Promise<T> {
    const answer = work(this.recognizer);
    this.#running.add(answer);
    try {
      return await answer;
    } finally {
      this.#running.delete(answer);
    }
  }
}
