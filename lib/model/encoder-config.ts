import { z } from "zod";
import { CdlmError } from "../errors.js";
import { parseJson } from "../files/parse-json.js";

const extent = z.int().positive().max(2 ** 31 - 1); // prettier-ignore

/** The parts of a BERT `config.json` that the encoder needs; other fields are kept for saving. */
const bertConfigSchema = z.looseObject({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  vocab_size: extent,
  hidden_size: extent,
  num_hidden_layers: z.int().positive().max(1000),
  num_attention_heads: extent,
  intermediate_size: extent,
  max_position_embeddings: extent.min(4),
  type_vocab_size: extent.default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_dropout_prob: z.number().min(0).lt(1).default(0.1),
  attention_probs_dropout_prob: z.number().min(0).lt(1).default(0.1),
  classifier_dropout: z.number().min(0).lt(1).nullish(),
  hidden_act: z.string().default("gelu"),
  position_embedding_type: z.string().default("absolute"),
  is_decoder: z.boolean().default(false),
  id2label: z.record(z.string(), z.string()).optional(),
});

export type EncoderConfig = z.infer<typeof bertConfigSchema>;

/**
 * Reads a Hugging Face `config.json`. Throws FILE_INVALID for a malformed one and ARCHITECTURE_UNSUPPORTED, with the
 * reason, for anything but a BERT encoder with GELU and absolute positions.
 */
export function parseEncoderConfig(json: string, file: string): EncoderConfig {
  const value = parseConfig(json, file);
  const parsed = bertConfigSchema.safeParse(value);
  if (!parsed.success) {
    const type = unsupportedType(value);
    if (type !== undefined) throw refused(file, `model type ${type}`, 'model type "bert"');
    const [issue] = parsed.error.issues;
    throw new CdlmError("FILE_INVALID", `${issue!.path.join(".")}: ${issue!.message}`, { file });
  }
  const config = parsed.data;
  const reason = whyUnsupported(config);
  if (reason) throw refused(file, reason.received, reason.expected);
  return config;
}

function parseConfig(json: string, file: string): unknown {
  try {
    return parseJson(json);
  } catch (cause) {
    throw new CdlmError("FILE_INVALID", "is not JSON", { file, received: (cause as Error).message, cause });
  }
}

/** The model type of a config that lacks BERT's fields because it is of another architecture. */
function unsupportedType(config: unknown): string | undefined {
  const type = (config as { model_type?: unknown } | null)?.model_type;
  return typeof type === "string" && type !== "bert" ? type : undefined;
}

function whyUnsupported(config: EncoderConfig): { expected: string; received: string } | undefined {
  const type = config.model_type ?? "bert";
  if (type !== "bert") return { expected: 'model type "bert"', received: `model type "${type}"` };
  if (config.hidden_act !== "gelu") return { expected: "activation gelu", received: config.hidden_act };
  if (config.position_embedding_type !== "absolute")
    return { expected: "absolute positions", received: config.position_embedding_type };
  if (config.is_decoder) return { expected: "an encoder", received: "a decoder" };
  if (config.hidden_size % config.num_attention_heads !== 0)
    return { expected: "hidden_size divisible by num_attention_heads", received: String(config.hidden_size) };
  return undefined;
}

function refused(file: string, received: string, expected: string): CdlmError {
  return new CdlmError("ARCHITECTURE_UNSUPPORTED", "this model cannot be used as an encoder", {
    file,
    expected,
    received,
    hint: "Choose a BERT encoder, e.g. all-MiniLM-L6-v2 or bert-base-uncased",
  });
}
