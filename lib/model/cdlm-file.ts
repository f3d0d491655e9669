import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CdlmError } from "../errors.js";
import { calibrationSchema } from "../eval/calibration.js";
import { writeJsonAtomically } from "../files/atomic-file.js";
import { parseJson } from "../files/parse-json.js";

/** Raised when `cdlm.json` changes its meaning; older versions are migrated here, newer ones refused. */
const formatVersion = 2;

/** How tags are chosen: the best valid sequence, each word alone, or the best sequence of a trained CRF. */
export const decodings = ["viterbi", "argmax", "crf"] as const;

/** Fields that shape a model's graphs. */
export const modelOptionsSchema = z.object({
  /** Entity types, sorted; the tags follow from them (TagSet). */
  types: z.array(z.string()).readonly(),
  /** Word-shape vectors at the encoder's input (METHOD 1). */
  wordShape: z.boolean(),
  decoding: z.enum(decodings),
  /** Label nodes beside the words (METHOD 3); null: none. */
  fusion: z
    .object({
      nodes: z.enum(["types", "tags"]),
      form: z.enum(["none", "concat", "add"]),
      layers: z.int().min(1).max(2),
      residual: z.boolean(),
      activation: z.boolean(),
    })
    .nullable(),
  /** Where counterfactuals take words away, and their weight at prediction (METHOD 5). */
  counterfactual: z.object({
    mask: z.enum(["input", "layer", "last"]),
    layer: z.int().min(1),
    tau: z.number().min(0).max(1),
  }),
});

export type ModelOptions = z.infer<typeof modelOptionsSchema>;

/** What version 1 could not express, and every other model without the method's parts. */
export const plainMethod = {
  fusion: null,
  counterfactual: { mask: "input", layer: 1, tau: 0 },
} as const satisfies Partial<ModelOptions>;

/** The head of the source model that a model keeps beside its own, on the same encoder. */
const keptHeadSchema = z.object({
  types: z.array(z.string()).readonly(),
  decoding: z.enum(decodings),
  calibration: calibrationSchema.nullable(),
});

export type KeptHead = z.infer<typeof keptHeadSchema>;

const cdlmFileSchema = modelOptionsSchema.extend({
  formatVersion: z.literal(formatVersion),
  /** From posteriors of mentions to their confidences, fitted on dev; null: none. */
  calibration: calibrationSchema.nullable().default(null),
  /** What the model still knows of its source; null: nothing. */
  kept: keptHeadSchema.nullable().default(null),
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
    value = parseJson(text);
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
  const current = version === 1 ? { ...plainMethod, ...(value as object), formatVersion } : value;
  const parsed = cdlmFileSchema.safeParse(current);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CdlmError("FILE_INVALID", `${issue!.path.join(".")}: ${issue!.message}`, { file });
}

/** Changes the `cdlm.json` of a model folder; it is replaced as a whole. */
export async function rewriteCdlmFile(folder: string, change: (file: CdlmFile) => CdlmFile): Promise<void> {
  const file = path.join(folder, "cdlm.json");
  await writeJsonAtomically(file, change(parseCdlmFile(await readFile(file, "utf8"), file)));
}
