import { mkdir, open, readdir, readFile, truncate } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CdlmError } from "../../lib/errors.js";

const formatVersion = 1;

const headerSchema = z.object({ formatVersion: z.int(), suite: z.string() });

const column = z.array(z.int().min(0));

/** Mentions of each sentence, in the file's order: whatever a bootstrap over sentences needs. */
const countsSchema = z.object({ correct: column, predicted: column, gold: column });

const splitSchema = z.object({
  /** Strict micro scores in percent. */
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  /** The same by entity type, with the number of gold mentions. */
  types: z.record(z.string(), z.object({ f1: z.number(), support: z.int() })),
  counts: countsSchema,
});

/** By sentence of the test data, or by moved mention. */
const interventionSchema = z.object({ own: countsSchema, probed: countsSchema, mentions: z.int(), replaced: z.int() }); // prettier-ignore

const probesSchema = z.object({
  /** Expected calibration error in points, of posteriors and of fitted confidences. */
  calibration: z.object({
    method: z.string().nullable(),
    mentions: z.int(),
    before: z.number(),
    after: z.number().nullable(),
  }),
  unseenMentions: interventionSchema,
  otherContexts: interventionSchema,
});

const recordSchema = z.object({
  id: z.string(),
  /** Of everything that decides the result; a run of another fingerprint is another run. */
  fingerprint: z.string(),
  config: z.record(z.string(), z.unknown()),
  seed: z.int(),
  versions: z.record(z.string(), z.unknown()),
  dev: splitSchema,
  test: splitSchema,
  /** All, and the share of it that went into scoring dev and test. */
  seconds: z.object({ total: z.number(), evaluation: z.number() }),
  details: z.record(z.string(), z.unknown()),
  /** Of suites that ask for them; null: the system is no recogniser. */
  probes: probesSchema.nullable().optional(),
  finished: z.string(),
});

export type Counts = z.output<typeof countsSchema>;
export type RecordedProbes = z.output<typeof probesSchema>;
export type SplitResult = z.output<typeof splitSchema>;
export type RunRecord = z.output<typeof recordSchema>;

/** Results of a suite: a line that says what the file is, then a line of JSON for every run. */
export class ResultsFile {
  private constructor(
    readonly file: string,
    /** By id; of several of a run the last one counts. */
    readonly records: Map<string, RunRecord>,
    /** Characters of an unfinished last line, which were cut off. */
    readonly cut: number,
  ) {}

  /**
   * Opens or begins the file of a suite. A last line that a killed run left unfinished is cut off.
   * @throws CdlmError VERSION_UNSUPPORTED for another format, FILE_INVALID with the line
   */
  static async open(folder: string, suite: string): Promise<ResultsFile> {
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, `${suite}.jsonl`);
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw new CdlmError("FILE_INVALID", "cannot be read", { file, cause: error });
    });
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const records = recordsIn(whole, file, suite);
    if (whole.length < text.length) await truncate(file, Buffer.byteLength(whole));
    const results = new ResultsFile(file, records, text.length - whole.length);
    if (whole === "") await results.#append({ formatVersion, suite });
    return results;
  }

  /** The line is in the file, on the disk, when this resolves. */
  async add(record: RunRecord): Promise<void> {
    await this.#append(record);
    this.records.set(record.id, record);
  }

  async #append(value: unknown): Promise<void> {
    const handle = await open(this.file, "a");
    try {
      await handle.appendFile(JSON.stringify(value) + "\n");
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/**
 * What the other results files of a folder hold.
 * @throws CdlmError as `ResultsFile.open`
 */
export async function recordsBeside({ file }: ResultsFile): Promise<RunRecord[]> {
  const folder = path.dirname(file);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl") && name !== path.basename(file)); // prettier-ignore
  const records = names.sort().map(async (name) => {
    const other = path.join(folder, name);
    return [...recordsIn(await readFile(other, "utf8"), other, path.basename(name, ".jsonl")).values()];
  });
  return (await Promise.all(records)).flat();
}

/** An unfinished last line is left out. */
function recordsIn(text: string, file: string, suite: string): Map<string, RunRecord> {
  const records = new Map<string, RunRecord>();
  text.split("\n").slice(0, -1).forEach((line, k) => {
    const place = { file, line: k + 1 };
    if (k === 0) return requireHeader(parsed(headerSchema, line, place), suite, file);
    const record = parsed(recordSchema, line, place);
    records.set(record.id, record);
  }); // prettier-ignore
  return records;
}

function requireHeader(header: z.output<typeof headerSchema>, suite: string, file: string): void {
  if (header.formatVersion !== formatVersion)
    throw new CdlmError("VERSION_UNSUPPORTED", "results were written in another format", {
      file,
      expected: `format version ${formatVersion}`,
      received: String(header.formatVersion),
      hint: "Keep the file under another name, and run the suite again",
    });
  if (header.suite !== suite)
    throw new CdlmError("FILE_INVALID", "results of another suite", { file, expected: suite, received: header.suite }); // prettier-ignore
}

function parsed<S extends z.ZodType>(
  schema: S,
  line: string,
  place: { file: string; line: number },
): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new CdlmError("FILE_INVALID", "a line that is not JSON", { ...place, cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CdlmError("FILE_INVALID", `${issue!.path.join(".")}: ${issue!.message}`, place);
}
