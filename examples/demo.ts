/**
 * Trains a recogniser on one domain, adapts it to another with new entity types, scores it on a part of that domain's
 * dev set and shows what it finds in a few raw sentences. Run by `npm run demo`; results are under .cache/demo.
 */
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { modelReport } from "../lib/cli/models.js";
import { trainingBar } from "../lib/cli/training-bar.js";
import { fetchModel } from "../lib/hub/models.js";
import { adapt, evaluate, loadDataset, Recognizer, train, type RecognizedDocument } from "../lib/index.js";
import { packageRoot } from "../lib/native/load.js";
import { annotated, terminalColours } from "../lib/report/annotated-text.js";
import { entityPage } from "../lib/report/entity-page.js";
import { table } from "../lib/report/table.js";

const [source, target] = ["politics", "music"];
const devSentences = 100;
const out = path.join(packageRoot, ".cache/demo");
const example = (...parts: string[]) => path.join(packageRoot, "examples", ...parts);
const say = (line: string) => void process.stdout.write(line + "\n");

async function main(): Promise<void> {
  const started = performance.now();
  say("1. The encoder: all-MiniLM-L6-v2");
  const { report, stop } = modelReport();
  const { folder: encoder } = await fetchModel({ root: packageRoot, onProgress: report }).finally(stop);
  await rm(out, { recursive: true, force: true });

  say(`\n2. Train on ${source}: 200 sentences`);
  const sourceModel = path.join(out, source);
  await trainHere(source, (data, onProgress) => {
    const options = { epochs: 10, batchSentences: 8, evaluateFrom: 1 };
    return train({ encoder, data, out: sourceModel, options, onProgress });
  });

  say(`\n3. Adapt to ${target}: 100 sentences, other entity types`);
  const targetModel = path.join(out, target);
  await trainHere(target, (data, onProgress) => {
    const options = { epochs: 20, evaluateFrom: 0.8, evaluateEvery: 4 };
    return adapt({ model: sourceModel, data, out: targetModel, options, onProgress });
  });

  await using ner = await Recognizer.load(targetModel);
  await score(ner);
  await show(ner);
  say(`\nDone in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
}

type Training = (data: Awaited<ReturnType<typeof loadDataset>>, onProgress: ReturnType<typeof trainingBar>["update"]) => Promise<{ devF1: number | null }>; // prettier-ignore

/** Runs a training on a domain whose dev set is cut short, so that the demo is quick. */
async function trainHere(domain: string, run: Training): Promise<void> {
  const data = await loadDataset(example("data", domain));
  const bar = trainingBar();
  const report = await run({ ...data, dev: data.dev!.slice(0, devSentences) }, bar.update);
  bar.stop();
  say(`   F1 on the first ${devSentences} dev sentences: ${report.devF1!.toFixed(1)}`);
}

async function score(ner: Recognizer): Promise<void> {
  const { dev } = await loadDataset(example("data", target));
  const { types, micro } = await evaluate(ner, dev!.slice(0, devSentences));
  say(
    `\n4. Scores on the first ${devSentences} sentences of ${target}'s dev set (which also chose the epoch)`,
  );
  const rows = [...Object.entries(types), ["all", micro] as const];
  say(table(["type", "F1", "entities"], rows.map(([name, { f1, support }]) => [name, f1.toFixed(1), String(support)]))); // prettier-ignore
}

async function show(ner: Recognizer): Promise<void> {
  const texts = (await readFile(example("texts", `${target}.txt`), "utf8"))
    .split("\n")
    .filter((line) => line !== "");
  const documents = await ner.recognize(texts);
  say("\n5. Entities in raw sentences\n");
  const colours = terminalColours(ner.types);
  for (const document of documents) say(annotated(document, colours) + "\n");
  await mkdir(out, { recursive: true });
  const file = path.join(out, "entities.html");
  await writePage(file, ner, documents);
  say(`The same as a page: ${file}`);
}

async function writePage(file: string, ner: Recognizer, documents: RecognizedDocument[]): Promise<void> {
  const stream = createWriteStream(file);
  for await (const part of entityPage(`Entities of the domain ${target}`, ner, documents)) stream.write(part);
  stream.end();
  await finished(stream);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
