import path from "node:path";
import { readColumnFile } from "../data/column-file.js";
import { entitiesOf } from "../data/entity-words.js";
import { readJsonlFile } from "../data/jsonl-file.js";
import { textOf, type Sentence } from "../data/sentence.js";
import { readLines } from "../data/text-lines.js";
import type { CausalDocument } from "../llm/causal-document.js";
import type { Recognizer } from "../recognizer.js";
import { recognizedRecords } from "./predict-jsonl.js";

/** A document with the fields of its record that are passed through. */
export interface InputDocument {
  document: CausalDocument;
  extra: Readonly<Record<string, unknown>>;
}

/**
 * The documents of a file. With a recogniser, its lines are texts or JSON objects with a text, and the mentions are
 * what it finds; without one, the file has tags or entities: columns, or JSONL by its name.
 * @throws CdlmError as the readers do
 */
export function causalInput(
  file: string,
  recognizer: Recognizer | undefined,
  signal: AbortSignal,
): AsyncGenerator<InputDocument> {
  if (recognizer) return recognized(file, recognizer, signal);
  const read = path.extname(file) === ".jsonl" ? readJsonlFile : readColumnFile;
  return annotated(read(file, { signal }));
}

async function* recognized(file: string, recognizer: Recognizer, signal: AbortSignal) {
  const options = { name: file, signal, batchPieces: 4096 };
  for await (const record of recognizedRecords(recognizer, readLines(file, { signal }), options)) {
    const { id, text, entities, windows: _, warnings: __, ...extra } = record;
    yield { document: { ...named(id), text, entities }, extra };
  }
}

async function* annotated(sentences: AsyncIterable<Sentence>): AsyncGenerator<InputDocument> {
  for await (const sentence of sentences) {
    const document = { ...named(sentence.id), text: textOf(sentence), entities: entitiesOf(sentence) };
    yield { document, extra: sentence.extra ?? {} };
  }
}

function named(id: unknown): { id?: string | number } {
  return typeof id === "string" || typeof id === "number" ? { id } : {};
}

export interface Survey {
  documents: number;
  /** Entity types that occur, sorted. */
  types: string[];
}

/** Reads everything once. */
export async function surveyed(input: AsyncIterable<InputDocument>): Promise<Survey> {
  const types = new Set<string>();
  let documents = 0;
  for await (const { document } of input) {
    documents++;
    for (const { type } of document.entities) types.add(type);
  }
  return { documents, types: [...types].sort() };
}
