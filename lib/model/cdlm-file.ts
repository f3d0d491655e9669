import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CdlmError } from "../errors.js";

/** Raised when `cdlm.json` changes its meaning; older versions are migrated here, newer ones refused. */
const formatVersion = 1;

export const decodings = ["viterbi", "argmax"] as const;

const cdlmFileSchema = z.object({
  formatVersion: z.literal(formatVersion),
  /** Entity types, sorted; the tags follow from them (TagSet). */
  types: z.array(z.string()),
  /** Word-shape vectors at the encoder's input (METHOD 1). */
  wordShape: z.boolean(),
  /** How tags are chosen: the best valid sequence, or each word alone. */
  decoding: z.enum(decodings),
  /** How the model came to be: versions, seeds, checksums of data, scores. For people and for reproduction. */
  provenance: z.record(z.string(), z.unknown()),
});

export type CdlmFile = z.infer<typeof cdlmFileSchema>;

export const newCdlmFile = (fields: Omit<CdlmFile, "formatVersion">): CdlmFile => ({
  formatVersion,
  ...fields,
});

/** `cdlm.json` of a model folder; undefined where there is none (a plain Hugging Face folder). */
export async function readCdlmFile(folder: string): Promise<CdlmFile | undefined> {
  const file = path.join(folder, "cdlm.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CdlmError("FILE_INVALID", "cannot be read", { file, cause: error });
  }
  return parseCdlmFile(text, file);
}

export function parseCdlmFile(text: string, file: string): CdlmFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CdlmError("FILE_INVALID", "is not JSON", { file, received: (cause as Error).message, cause });
  }
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === "number" && version > formatVersion)
    throw new CdlmError("VERSION_UNSUPPORTED", "was written by a newer version of this package", {
      file,
      expected: `format version ${formatVersion} or lower`,
      received: String(version),
      hint: "Update the package",
    });
  const parsed = cdlmFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CdlmError("FILE_INVALID", `${issue!.path.join(".")}: ${issue!.message}`, { file });
}
