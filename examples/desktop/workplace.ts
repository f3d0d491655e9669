import { readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../lib/files/make-folder.js";
import { coloursOf, cssColour } from "../../lib/report/type-colours.js";
import { identityOf } from "../../lib/text/spans.js";
import { splitWords } from "../../lib/text/word-split.js";
import { Adaptation } from "./adaptation.js";
import { Corrections } from "./corrections.js";
import { lockFolder } from "./lock-folder.js";
import { ModelInUse } from "./model-in-use.js";
import type { EntityType, FoundMention, Line, Mention, State } from "./protocol.js";

export interface Places {
  /** Folder of the model that is there at first, and that every adaptation begins with. */
  model: string;
  /** Folder of the corrections and of the adapted model. */
  work: string;
  /** Passes of an adaptation over the corrected lines. */
  epochs: number;
}

/** What the page works on: a model, the lines that the user has checked, and the model's adaptation to them. */
export class Workplace {
  readonly #listeners = new Set<() => void>();
  /** Types in the order in which they came up: each keeps its colour. */
  readonly #seen = new Set<string>();
  readonly adaptation: Adaptation;

  private constructor(
    private readonly work: string,
    private generation: number,
    readonly model: ModelInUse,
    readonly corrections: Corrections,
    private readonly unlock: () => Promise<void>,
    start: Pick<Places, "model" | "epochs">,
  ) {
    const run = path.join(work, "adaptation");
    this.adaptation = new Adaptation({ ...start, run }, () => this.#changed(), (folder) => this.#adopt(folder)); // prettier-ignore
  }

  /** @throws CdlmError as `Recognizer.load`, or where the corrections cannot be read; INVALID_STATE where another program has the folder */
  static async open({ model, work, epochs }: Places): Promise<Workplace> {
    await makeFolder(modelsIn(work));
    const unlock = await lockFolder(work);
    try {
      const corrections = await Corrections.open(work);
      const generation = Math.max(0, ...(await readdir(modelsIn(work))).map(Number).filter(Number.isInteger));
      const inUse = await ModelInUse.load(generation > 0 ? modelOf(work, generation) : model);
      return new Workplace(work, generation, inUse, corrections, unlock, { model: path.resolve(model), epochs }); // prettier-ignore
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  get state(): State {
    const { model, work, generation, corrections, adaptation } = this;
    return {
      model: { folder: model.folder, generation, calibrated: model.isCalibrated },
      work,
      types: this.#types,
      checked: { lines: corrections.sentences.length, mentions: corrections.mentions },
      adaptation: adaptation.status,
    };
  }

  /** Reads each line that has words by itself. */
  async read(text: string, signal: AbortSignal): Promise<Line[]> {
    const texts = text.split(/\r\n|[\n\r\u2028\u2029]/).filter((line) => splitWords(line).length > 0);
    const found = await this.model.read(texts, signal);
    return found.map((line) => this.#withCorrections(line));
  }

  async correct(text: string, mentions: readonly Mention[]): Promise<void> {
    await this.corrections.set(text, mentions);
    this.#changed();
  }

  async forget(text: string): Promise<void> {
    await this.corrections.delete(text);
    this.#changed();
  }

  beginAdaptation(): void {
    this.adaptation.begin(this.corrections.sentences);
  }

  /** Calls whenever the state has changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops an adaptation, which can be gone on with, and frees the model. */
  async close(): Promise<void> {
    await this.adaptation.stop();
    await this.model.dispose();
    await this.unlock();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The finished model takes the place of the one in use; earlier ones of this folder go. */
  async #adopt(finished: string): Promise<void> {
    const folder = modelOf(this.work, this.generation + 1);
    await rename(finished, folder);
    await this.model.replace(folder);
    const before = modelOf(this.work, this.generation++);
    await rm(before, { recursive: true, force: true });
  }

  get #types(): EntityType[] {
    const known = new Set(this.model.types);
    const names = [...new Set([...known, ...Object.keys(this.corrections.mentions)])].sort();
    for (const name of names) this.#seen.add(name);
    const colours = coloursOf([...this.#seen]);
    return names.map((name) => ({ name, colour: cssColour(colours(name)), known: known.has(name) }));
  }

  #withCorrections(found: Omit<Line, "checked" | "agrees">): Line {
    const mentions = this.corrections.mentionsOf(found.text);
    if (!mentions) return { ...found, checked: false, agrees: false };
    const entities = mentions.map((mention) => ({ ...mention, confidence: null }));
    return { ...found, entities, checked: true, agrees: areSame(mentions, found.entities) };
  }
}

const modelsIn = (work: string): string => path.join(work, "models");
const modelOf = (work: string, generation: number): string => path.join(modelsIn(work), String(generation));

function areSame(mentions: readonly Mention[], found: readonly FoundMention[]): boolean {
  return mentions.map(identityOf).join() === found.map(identityOf).join();
}
