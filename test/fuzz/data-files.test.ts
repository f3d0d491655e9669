import { writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { loadSentences } from "../../lib/data/dataset.js";
import { temporaryFolder } from "../support/small-data.js";
import { anyBytes, damaged, jsonFragments } from "./damage.js";
import { itSurvives } from "./fuzz.js";
import { oddJson } from "./odd-json.js";

const columns =
  "-DOCSTART-\tO\n\nTony\tB-person\nBlair\tI-person\nled\tO\n\nLeeds\tB-place\n\nS\tS-x\nE\tE-x\n";
const columnFragments = ["\n", "\r\n", "\t", " ", "\ufeff", "B-", "I-x", "O", "E-", "S-y", "-DOCSTART-", "\u0000", "\u2028"]; // prettier-ignore
const line = fc.array(fc.constantFrom(...columnFragments, "Zoë", "B-a", "L-a"), { maxLength: 6 });
const lines = fc.array(line, { maxLength: 8 }).map((all) => bytesOf(all.map((parts) => parts.join("")).join("\n"))); // prettier-ignore

const records = [
  {
    id: 1,
    text: "Zoë met 🚀 Tony Blair.",
    entities: [{ start: 11, end: 21, type: "person", text: "Tony Blair" }],
  },
  { id: "b", tokens: ["Leeds", "won"], tags: ["B-place", "O"], extra: { kept: true } },
];
const jsonLines = fc
  .array(fc.oneof(...records.map(oddJson)), { minLength: 1, maxLength: 3 })
  .map((all) => bytesOf(all.join("\n")));

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("data files that anybody may have written", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder[Symbol.asyncDispose]());

  const readAs = (name: string) => async (content: Uint8Array) => {
    const file = path.join(folder.path, name);
    await writeFile(file, content);
    await loadSentences(file);
  };

  itSurvives("damaged columns", damaged(bytesOf(columns), columnFragments), readAs("a.txt"), 4);
  itSurvives("columns of fragments", lines, readAs("a.txt"), 4);
  itSurvives("columns of any bytes", anyBytes(), readAs("a.txt"), 2);
  itSurvives("JSONL records with odd values", jsonLines, readAs("a.jsonl"), 4);
  const text = bytesOf(records.map((record) => JSON.stringify(record)).join("\n"));
  itSurvives("damaged JSONL", damaged(text, [...jsonFragments, "\n"]), readAs("a.jsonl"), 4);
  itSurvives("JSONL of any bytes", anyBytes(), readAs("a.jsonl"), 2);
});
