import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { systemNames, systems } from "../../lib/baselines/index.js";
import { aidOptionsSchema } from "../../lib/baselines/llm/aid.js";
import { CdlmError } from "../../lib/errors.js";
import { packageRoot } from "../../lib/native/load.js";
import { parseOptions } from "../../lib/options.js";
import { trainingOptionsOf, type TrainingOptionsInput } from "../../lib/training/options.js";

/** Data sets that a suite may name: folders of the data folder. */
export const domainNames = [
  "politics",
  "science",
  "music",
  "literature",
  "ai",
  "bionlp13pc",
  "bionlp13cg",
  "mit-restaurant",
  "mit-movie",
  "mit-movie-trivia",
  "conll2003",
] as const;
export type DomainName = (typeof domainNames)[number];

const trainingOptions = z.record(z.string(), z.unknown()).default({});

const entrySchema = z.strictObject({
  /** Name of the row. */
  name: z.string().regex(/^[\w.=+-]+$/),
  system: z.enum(systemNames),
  /** Training options over those of the suite. */
  options: trainingOptions,
});

/** The name of a system alone is a row of that name. */
const namedAsSystem = (given: unknown) =>
  typeof given === "string" ? { name: given, system: given } : given;

/** Systems × domains × shots × seeds. */
const suiteSchema = z.strictObject({
  title: z.string(),
  /** Rows are systems; columns are domains, or the entity types of the one domain. */
  columns: z.enum(["domains", "types"]).default("domains"),
  source: z.enum(domainNames).default("conll2003"),
  /** Training options of the source model. */
  sourceOptions: trainingOptions,
  domains: z.array(z.enum(domainNames)).min(1),
  /** Domains whose mean is a column of its own; fewer than two: no such column. */
  mean: z.array(z.enum(domainNames)).default([]),
  /** A few-shot run with seed s trains on draw s. */
  seeds: z.array(z.int().min(0)).min(1),
  /** K of few-shot draws; null is all training data. */
  shots: z.array(z.int().min(1).nullable()).min(1).default([null]),
  /** Training options of every run. */
  options: trainingOptions,
  systems: z.array(z.preprocess(namedAsSystem, entrySchema)).min(1),
  /** Sentences of dev and of test that are used, from the first on; default: all. */
  scored: z.int().min(1).optional(),
  /** Also the confidences and the entity bias of adapted models, on test. */
  probed: z.boolean().default(false),
  /** For the systems that ask one. */
  languageModel: aidOptionsSchema
    .extend({
      /** GGUF file, from the package's root on. */
      file: z.string(),
      threads: z.int().min(1).default(1),
    })
    .optional(),
  /** Row that the others are compared with. */
  reference: z.string().default("finetune"),
});

export type SuiteEntry = {
  name: string;
  system: (typeof systemNames)[number];
  options: TrainingOptionsInput;
};
export type Suite = Omit<z.output<typeof suiteSchema>, "systems" | "options" | "sourceOptions"> & {
  name: string;
  options: TrainingOptionsInput;
  sourceOptions: TrainingOptionsInput;
  systems: SuiteEntry[];
};

const folder = path.join(packageRoot, "bench/suites");

export const suiteNames = (): string[] =>
  readdirSync(folder).filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5)).sort(); // prettier-ignore

/**
 * Reads a suite by its name in bench/suites, or by its file.
 * @throws CdlmError INVALID_OPTION for a suite, a system, a domain or an option that there is not
 */
export async function readSuite(nameOrFile: string): Promise<Suite> {
  const isFile = nameOrFile.endsWith(".json");
  const file = isFile ? nameOrFile : path.join(folder, `${nameOrFile}.json`);
  if (!existsSync(file))
    throw new CdlmError("INVALID_OPTION", "unknown suite", {
      expected: `${suiteNames().join(", ")}, or a .json file`,
      received: nameOrFile,
    });
  const suite = parseOptions(suiteSchema, await readJson(file), "suite", file);
  const named = { ...suite, name: path.basename(file, ".json") } as Suite;
  requireSensible(named, file);
  return named;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CdlmError("FILE_INVALID", "cannot be read", { file, cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CdlmError("FILE_INVALID", "is not JSON", { file, received: (cause as Error).message, cause });
  }
}

/** What the schema cannot see: names that are there once, and training options that are options. */
function requireSensible(
  { systems: rows, seeds, shots, reference, options, sourceOptions, columns, domains, mean, probed }: Suite,
  file: string,
) {
  const refuse = (message: string, received: string, expected?: string): never => {
    throw new CdlmError("INVALID_OPTION", message, { file, received, ...(expected ? { expected } : {}) });
  };
  const names = rows.map(({ name }) => name);
  const twice = (values: readonly unknown[]) => values.find((value, k) => values.indexOf(value) !== k);
  for (const values of [names, seeds, shots, domains, mean])
    if (twice(values) !== undefined) refuse("the suite names something twice", String(twice(values)));
  if (!names.includes(reference)) refuse("the reference is no row of the suite", reference, names.join(", "));
  const foreign = mean.find((domain) => !domains.includes(domain));
  if (foreign) refuse("the mean is over a domain that the suite does not have", foreign, domains.join(", "));
  if (probed && shots.some((k) => k !== null)) refuse("a probed suite has all training data", `K = ${shots.join(", ")}`); // prettier-ignore
  if (columns === "types" && domains.length > 1) refuse("a table by type has one domain", domains.join(", "));
  try {
    trainingOptionsOf(sourceOptions);
    for (const row of rows) {
      const given = { ...options, ...row.options };
      trainingOptionsOf(given);
      systems[row.system].trainingOptions(given);
    }
  } catch (error) {
    refuse((error as Error).message, "the suite's options");
  }
}
