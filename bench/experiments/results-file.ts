import { mkdir, open, readdir, readFile, truncate } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CdlmError } from "../../lib/errors.js";
import { recordSchema, type RunRecord } from "./run-record.js";

const formatVersion = 1;

const headerSchema = z.object({ formatVersion: z.int(), suite: z.string() });

/** Results of a suite: a line that says what the file is, then a line of JSON for every run. */
export class ResultsFile {
  private constructor(
    readonly file: string,
    /** In the order in which they were added; of several of a run the last one counts. */
    readonly records: RunRecord[],
    /** Characters of an unfinished last line, which were cut off. */
    readonly cut: number,
  ) {}

  /**
   * Opens or begins the file of a suite. A last line that a killed run left unfinished is cut off.
   * @throws CdlmError VERSION_UNSUPPORTED for another format, FILE_INVALID with the line
   */
  static async open(folder: string, suite: string): Promise<ResultsFile> {
    await mkdir(folder, { recursive: true });
    const file = fileOf(folder, suite);
    const text = await textOf(file);
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const records = recordsIn(whole, file);
    if (whole.length < text.length) await truncate(file, Buffer.byteLength(whole));
    const results = new ResultsFile(file, records, text.length - whole.length);
    if (whole === "") await results.#append({ formatVersion, suite });
    return results;
  }

  /** Whether the run has a record of this configuration, with its probes if this one has them. */
  has({ id, fingerprint, probes }: RunRecord): boolean {
    const same = (record: RunRecord) => record.id === id && record.fingerprint === fingerprint;
    return this.records.some(
      (record) => same(record) && (record.probes !== undefined || probes === undefined),
    );
  }

  /** The line is in the file, on the disk, when this resolves. */
  async add(record: RunRecord): Promise<void> {
    await this.#append(record);
    this.records.push(record);
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
 * What is recorded of a suite, an unfinished last line left out; nothing is written.
 * @throws CdlmError as `ResultsFile.open`
 */
export async function readRecords(folder: string, suite: string): Promise<RunRecord[]> {
  const file = fileOf(folder, suite);
  return recordsIn(await textOf(file), file);
}

/** What the other results files of a folder hold; what is no such file is named and passed over. */
export async function recordsBeside(
  { file }: ResultsFile,
  log: (line: string) => void,
): Promise<RunRecord[]> {
  const folder = path.dirname(file);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl") && name !== path.basename(file)); // prettier-ignore
  const records: RunRecord[] = [];
  for (const name of names.sort()) {
    try {
      records.push(...(await readRecords(folder, path.basename(name, ".jsonl"))));
    } catch (error) {
      if (!(error instanceof CdlmError)) throw error;
      log(`not looked at: ${error.message}`);
    }
  }
  return records;
}

const fileOf = (folder: string, suite: string): string => path.join(folder, `${suite}.jsonl`);

const textOf = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new CdlmError("FILE_INVALID", "cannot be read", { file, cause: error });
  });

/** Of the whole lines of a file, which is named after its suite. */
function recordsIn(text: string, file: string): RunRecord[] {
  const records: RunRecord[] = [];
  text.split("\n").slice(0, -1).forEach((line, k) => {
    const place = { file, line: k + 1 };
    if (k === 0) requireHeader(parsed(headerSchema, line, place), path.basename(file, ".jsonl"), file);
    else records.push(parsed(recordSchema, line, place));
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
