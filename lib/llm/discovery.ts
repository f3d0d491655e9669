import { z } from "zod";
import { pairKey, withoutCycles, withoutIndirect, type Pair } from "./acyclic.js";
import { ask } from "./ask.js";
import { listed, type Case } from "./case.js";
import { causesOf, type CausalGraph } from "./causal-document.js";
import { questionLines, templates } from "./prompts.js";
import { fill, fillLines, quoted } from "./template.js";
import { unspaced } from "./unspaced.js";
import { inText } from "./variables.js";

/** M: what earlier passes have decided about pairs. */
export interface Constraints {
  accepted: readonly Pair[];
  forbidden: readonly Pair[];
}

/** An edge that the model named, before any vote. */
export interface Proposal extends Pair {
  words: string;
  /** Probability that the cause is a direct one. */
  weight: number;
}

export interface DiscoveryOptions {
  /** Solved documents that are shown to the model. */
  examples: readonly CausalGraph[];
  constraints: Constraints;
  /** Most edges of one answer. */
  maxEdges: number;
}

/** Tokens of an edge around its three names, and characters of a name per token, both on the safe side. */
const edgeTokens = 40;
const charactersPerToken = 2;

/**
 * Direct causes among the variables of a text: named by the model under a grammar of their names, checked, weighed by
 * one closed question each, freed of cycles (the weakest edge goes) and of what follows from other edges.
 */
export async function discover(subject: Case, options: DiscoveryOptions): Promise<Proposal[]> {
  const named = await nameEdges(subject, options);
  const fresh = takeMembers(subject, named, options.constraints);
  const weighed = await Promise.all(fresh.map((edge) => weigh(subject, edge)));
  const acyclic = withoutCycles(weighed);
  const direct = withoutIndirect(acyclic.kept);
  subject.counts.cycles += acyclic.dropped.length;
  subject.counts.indirect += direct.dropped.length;
  return direct.kept;
}

const answerSchema = z.object({
  edges: z.array(z.object({ cause: z.string(), effect: z.string(), words: z.string() })),
});
type NamedEdge = z.infer<typeof answerSchema>["edges"][number];

async function nameEdges(subject: Case, { examples, constraints, maxEdges }: DiscoveryOptions) {
  const { model, document, variables, domain, labels, counts, signal } = subject;
  const prompt = fill(templates.discovery, {
    domain,
    text: quoted(document.text),
    variables: listed(variables.map(({ name }) => name)),
    labels: listed(labels),
    examples: examples.length === 0 ? "" : `Solved examples:\n${examples.map(exampleText).join("\n")}`,
    accepted: pairList("Already accepted, not to be named again", constraints.accepted),
    forbidden: pairList("Already refuted, not to be named", constraints.forbidden),
  });
  const longest = Math.max(...variables.map(({ name }) => name.length));
  const maxTokens = maxEdges * (edgeTokens + Math.ceil((3 * longest) / charactersPerToken));
  const grammar = edgeGrammar(subject, maxEdges);
  const { value, problems } = await ask(model, { prompt, grammar, answer: answerSchema, maxTokens, signal });
  counts.invalidAnswers += problems.length;
  if (!value) subject.warnings.push(`discovery gave no valid answer: ${problems.join("; ")}`);
  return value?.edges ?? [];
}

/** Every string of the answer is a member of X: nothing else can be said under this grammar. */
function edgeGrammar({ variables }: Case, maxEdges: number): z.ZodType {
  const member = z.enum(variables.map(({ name }) => name));
  const carriers = inText(variables).map(({ name }) => name);
  const words = carriers.length === 0 ? member : z.enum(carriers);
  return z.object({ edges: z.array(z.object({ cause: member, effect: member, words })).max(maxEdges) });
}

function takeMembers({ variables, document, counts }: Case, named: NamedEdge[], known: Constraints) {
  const memberOf = memberFinder(variables.map(({ name }) => name));
  const seen = new Set([...known.accepted, ...known.forbidden].map(pairKey));
  const taken: Omit<Proposal, "weight">[] = [];
  for (const written of named) {
    counts.proposed++;
    const [cause, effect] = [memberOf(written.cause), memberOf(written.effect)];
    const words = memberOf(written.words) ?? written.words;
    if (cause === undefined || effect === undefined) {
      counts.outside++;
      continue;
    }
    const key = pairKey({ cause, effect });
    if (cause === effect || seen.has(key)) {
      counts.repeated++;
      continue;
    }
    seen.add(key);
    const supported = words !== "" && document.text.includes(words);
    if (!supported) counts.unsupported++;
    taken.push({ cause, effect, words: supported ? words : "" });
  }
  return taken;
}

/** Finds the member that a written name means: the same, or the one that differs in white space only. */
function memberFinder(names: readonly string[]): (written: string) => string | undefined {
  const exact = new Set(names);
  const byLetters = new Map(names.map((name) => [unspaced(name), name]));
  return (written) => (exact.has(written) ? written : byLetters.get(unspaced(written)));
}

async function weigh({ model, material, signal }: Case, edge: Omit<Proposal, "weight">): Promise<Proposal> {
  const names = { cause: quoted(edge.cause), effect: quoted(edge.effect) };
  const text = fillLines(questionLines.direct, names);
  const { probabilities } = await model.decide(material, { kind: "yes-no", text }, { signal });
  return { ...edge, weight: probabilities[0]! };
}

function pairList(title: string, pairs: readonly Pair[]): string {
  if (pairs.length === 0) return "";
  return `${title}: ${pairs.map(({ cause, effect }) => `${quoted(cause)} → ${quoted(effect)}`).join("; ")}`;
}

function exampleText(example: CausalGraph): string {
  const { text, variables } = example;
  const answer = { edges: causesOf(example).map(({ cause, effect, words }) => ({ cause, effect, words })) };
  return `Text: ${quoted(text)}\nVariables: ${listed(variables.map(({ name }) => name))}\nAnswer: ${JSON.stringify(answer)}`;
}
