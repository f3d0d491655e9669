import { existsSync } from "node:fs";
import path from "node:path";
import { causalInput } from "../../lib/cli/causal-input.js";
import { materialOf, noCounts, type Case } from "../../lib/llm/case.js";
import type { CausalDocument } from "../../lib/llm/causal-document.js";
import type { Pair } from "../../lib/llm/acyclic.js";
import { LlamaModel } from "../../lib/llm/llama/llama-model.js";
import { loadNodeLlamaCpp } from "../../lib/llm/llama/load.js";
import type { JsonSchema, LanguageModel, Prompt } from "../../lib/llm/language-model.js";
import { criteria, criterionNames, defaultExperts, type Criterion } from "../../lib/llm/prompts.js";
import { fillLines } from "../../lib/llm/template.js";
import { variablesOf } from "../../lib/llm/variables.js";
import { vote, votersPrompt } from "../../lib/llm/voting.js";
import { packageRoot } from "../../lib/native/load.js";
import { compete, type Contestant } from "../rounds.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const [texts, edgesPerText, rounds] = [2, 2, 1];
const domain = "politics";
const experts = defaultExperts.slice(0, 3);
const scores = { enum: [1, 2, 3, 4, 5] };
/** Another GGUF file: how much slower writing is than reading depends on the size and the format of the weights. */
const file =
  process.env.CDLM_BENCH_LLM ??
  path.join(packageRoot, ".cache/models/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf");

export const trial: Trial = {
  id: "vote",
  title:
    "An expert vote on an edge by SmolLM2: probabilities of the answers' tokens, or the same in written JSON",
  onRequest: true,
  run,
};

async function run({ threads, data, log }: TrialContext): Promise<TrialResult> {
  const missing = await missingParts();
  if (missing.length > 0) return { measurements: [], ratios: {}, facts: {}, missing };
  await using model = await LlamaModel.open(file, { threads });
  const cases = await votedCases(model, path.join(data, "test.txt"));
  log(`${texts} texts with ${edgesPerText} edges each, ${experts.length} experts, ${rounds} rounds`);
  const decided = contestant("cdlm, decided", cases, (subject, edge) => vote(subject, edge, experts));
  const { measurements, ratios } = await compete(
    [decided],
    [
      contestant("JSON, an integer for each question", cases, oneByOne),
      contestant("JSON, three integers at once", cases, byJson(listOfScores, "a list of three integers")),
    ],
    rounds,
  );
  // Takes as long as all the others together: one round.
  const reasoned = contestant("JSON with reasons", cases, byJson(withReasons, "an object with the reason of each score")); // prettier-ignore
  const [median] = (await reasoned.measure()) as [number];
  measurements.push({ name: reasoned.name, median, min: median, max: median, rate: reasoned.rate(median) });
  ratios[`${decided.name} / ${reasoned.name}`] = median / measurements[0]!.median;
  const facts = { texts, edgesPerText, experts: experts.length, threads, model: path.basename(file) };
  return { measurements, ratios, facts, missing: [] };
}

async function missingParts(): Promise<string[]> {
  const missing = existsSync(file) ? [] : ["SmolLM2: run `cdlm models SmolLM2-135M-Instruct`"];
  try {
    await loadNodeLlamaCpp();
  } catch {
    missing.push("node-llama-cpp: run `npm ci --prefix test/llm`, and the trial from the folder test/llm");
  }
  return missing;
}

interface VotedCase {
  subject: Case;
  edges: Pair[];
}

/** The first texts with enough mentions; each of these is the claimed cause of the next. */
async function votedCases(model: LanguageModel, corpus: string): Promise<VotedCase[]> {
  const cases: VotedCase[] = [];
  for await (const { document } of causalInput(corpus, undefined, new AbortController().signal)) {
    const { subject, names } = caseOf(model, document);
    if (names.length <= edgesPerText) continue;
    const edges = names.slice(0, edgesPerText).map((cause, k) => ({ cause, effect: names[k + 1]! }));
    if (cases.push({ subject, edges }) === texts) break;
  }
  return cases;
}

function caseOf(model: LanguageModel, document: CausalDocument): { subject: Case; names: string[] } {
  const labels = [...new Set(document.entities.map(({ type }) => type))];
  const variables = variablesOf(document, { labels, cues: [], limit: 40 });
  const material = materialOf(document.text, domain, labels);
  const shared = { counts: noCounts(), warnings: [], signal: undefined };
  const names = variables.filter(({ kind }) => kind === "mention").map(({ name }) => name);
  return { subject: { model, document, variables, domain, labels, material, ...shared }, names };
}

/**
 * Processor time of one edge, which other programs on the machine disturb less than the clock; with one thread it is what
 * a free core takes. The edges of a text are voted on together, as the reasoning does.
 */
function contestant(
  name: string,
  cases: readonly VotedCase[],
  work: (subject: Case, edge: Pair) => Promise<unknown>,
): Contestant {
  const measure = async () => {
    const before = process.cpuUsage();
    for (const { subject, edges } of cases) await Promise.all(edges.map((edge) => work(subject, edge)));
    const { user, system } = process.cpuUsage(before); // microseconds
    return [(user + system) / 1000 / (texts * edgesPerText)];
  };
  return { name, measure, rate: (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s of a core` };
}

/** The same experts and questions, answered by writing. */
const byJson = (schema: JsonSchema, form: string) => (subject: Case, edge: Pair) =>
  Promise.all(
    experts.map((expert) => {
      const prompt = withQuestions(votersPrompt(subject, edge, expert, []), form);
      return subject.model.generate(prompt, schema, { maxTokens: 300, temperature: 0, seed: 0 });
    }),
  );

/** The same questions one by one, as they are decided. */
const oneByOne = (subject: Case, edge: Pair) =>
  Promise.all(
    experts.flatMap((expert) => {
      const { system, user } = votersPrompt(subject, edge, expert, []);
      return criterionNames.map((name) => {
        const prompt = { system, user: `${user}\n\n${scaleOf(name)}\nAnswer with the number alone.` };
        return subject.model.generate(prompt, scores, { maxTokens: 10, temperature: 0, seed: 0 });
      });
    }),
  );

function scaleOf(name: Criterion): string {
  const { question, levels } = criteria[name];
  return `${fillLines([question], { domain })} ${levels.map((level, k) => `${k + 1} ${level}`).join(", ")}`;
}

function withQuestions({ system, user }: Prompt, form: string): Prompt {
  const lines = criterionNames.map((name) => `${name}: ${scaleOf(name)}`);
  return { system, user: [user, "", ...lines, `Answer as JSON: ${form}.`].join("\n") };
}

const listOfScores = { type: "array", items: scores, minItems: 3, maxItems: 3 };

const withReasons = {
  type: "object",
  properties: Object.fromEntries(
    criterionNames.map((name) => [
      name,
      { type: "object", properties: { reason: { type: "string", maxLength: 160 }, score: scores } },
    ]),
  ),
};
