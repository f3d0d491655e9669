import { rm } from "node:fs/promises";
import path from "node:path";
import { loadSentences } from "../../lib/data/dataset.js";
import { entitiesOf, tagText } from "../../lib/data/entity-words.js";
import { writeJsonlFile } from "../../lib/data/jsonl-file.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { CdlmError } from "../../lib/errors.js";
import type { Mention } from "./protocol.js";

/** A sentence that holds its text. */
type TextSentence = Sentence & Required<Pick<Sentence, "text" | "offsets">>;

/** The lines that the user has checked: a JSONL file that `cdlm adapt` reads as well. A line is known by its text. */
export class Corrections {
  #changing: Promise<void> = Promise.resolve();

  private constructor(
    readonly file: string,
    private lines: ReadonlyMap<string, TextSentence>,
  ) {}

  /** @throws CdlmError as `loadSentences`, where the file was changed by hand */
  static async open(folder: string): Promise<Corrections> {
    const file = path.join(folder, "corrections.jsonl");
    const content = await loadSentences(file).then(
      (loaded) => loaded.content,
      (error: unknown) => {
        if (error instanceof CdlmError && error.code === "FILE_NOT_FOUND") return [];
        throw error;
      },
    );
    const lines = content.map((sentence, k) => requireText(sentence, file, k));
    return new Corrections(file, new Map(lines.map((sentence) => [sentence.text, sentence])));
  }

  get sentences(): readonly Sentence[] {
    return [...this.lines.values()];
  }

  /** The mentions of a checked line, in order; undefined for another. */
  mentionsOf(text: string): Mention[] | undefined {
    const sentence = this.lines.get(text);
    return sentence && entitiesOf(sentence);
  }

  /** How many mentions there are of each type. */
  get mentions(): Record<string, number> {
    const counts = new Map<string, number>();
    for (const sentence of this.lines.values())
      for (const { type } of entitiesOf(sentence)) counts.set(type, (counts.get(type) ?? 0) + 1);
    return Object.fromEntries(counts);
  }

  /** @throws CdlmError DATA_INVALID for mentions that are none of the text, or a text without words; FILE_WRITE_FAILED */
  async set(text: string, mentions: readonly Mention[]): Promise<void> {
    const sentence = tagText(text, mentions) as TextSentence;
    await this.#change((lines) => lines.set(text, sentence));
  }

  async delete(text: string): Promise<void> {
    await this.#change((lines) => lines.delete(text));
  }

  /** One change after another; each counts when it is on the disk. */
  #change(change: (lines: Map<string, TextSentence>) => void): Promise<void> {
    const write = async () => {
      const lines = new Map(this.lines);
      change(lines);
      if (lines.size > 0) await writeJsonlFile(this.file, [...lines.values()]);
      else await rm(this.file, { force: true });
      this.lines = lines;
    };
    return (this.#changing = this.#changing.then(write, write));
  }
}

function requireText(sentence: Sentence, file: string, index: number): TextSentence {
  const { text, offsets } = sentence;
  if (text !== undefined && offsets !== undefined) return { ...sentence, text, offsets };
  const details = { file, expected: 'records with "text" and "entities"', received: `tokens in record ${index + 1}` }; // prettier-ignore
  throw new CdlmError("DATA_INVALID", "a correction without its text", details);
}
