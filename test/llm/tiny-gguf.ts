import { Random } from "../../lib/data/random.js";

/** What the conversations of a test model look like. */
export interface ChatFormat {
  /** Jinja. Undefined: the model has none. */
  template: string | undefined;
  /** Tokens that the template writes. */
  special: readonly string[];
}

/** A format that no library knows: only the file's own template can write it. */
export const ownFormat: ChatFormat = {
  template:
    "{% for message in messages %}<turn>{{ message['role'] }}: {{ message['content'] }}<over>{% endfor %}" +
    "{% if add_generation_prompt %}<turn>assistant: {% endif %}",
  special: ["<turn>", "<over>"],
};

/** Llama 3.1's conversations, dates included. */
export const llama31Format: ChatFormat = {
  template: [
    '{% if not date_string is defined %}{% set date_string = "26 Jul 2024" %}{% endif %}',
    "{% if messages[0]['role'] == 'system' %}",
    "{% set system = messages[0]['content'] | trim %}{% set messages = messages[1:] %}",
    "{% else %}{% set system = '' %}{% endif %}",
    "{{ bos_token }}<|start_header_id|>system<|end_header_id|>\n\n",
    "Cutting Knowledge Date: December 2023\nToday Date: {{ date_string }}\n\n{{ system }}<|eot_id|>",
    "{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n",
    "{{ message['content'] | trim }}<|eot_id|>{% endfor %}",
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}",
  ].join(""),
  special: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|python_tag|>"],
};

const [width, inner, heads, layers] = [64, 128, 4, 3];
const alignment = 32; // bytes

type Value = string | number | { uint: number } | string[] | { ints: number[] };

/**
 * A GGUF file of LLaMA's architecture with random weights and a token for every byte, about half a megabyte: what it
 * answers means nothing, and that it answers at all is what tests need.
 */
export function tinyGguf({ template, special }: ChatFormat, seed = 1, contextLength = 4096): Buffer {
  const tokens = [...byteTokens(), "ĠĠ", "<bos>", "<eos>", ...special];
  const plain = tokens.indexOf("<bos>");
  const metadata: Record<string, Value> = {
    "general.architecture": "llama",
    "general.name": "tiny",
    "llama.block_count": { uint: layers },
    "llama.context_length": { uint: contextLength },
    "llama.embedding_length": { uint: width },
    "llama.feed_forward_length": { uint: inner },
    "llama.attention.head_count": { uint: heads },
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "default",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": { ints: tokens.map((_, id) => (id < plain ? 1 : 3)) }, // 1 normal, 3 control
    "tokenizer.ggml.merges": ["Ġ Ġ"],
    "tokenizer.ggml.bos_token_id": { uint: plain },
    "tokenizer.ggml.eos_token_id": { uint: plain + 1 },
    ...(template === undefined ? {} : { "tokenizer.chat_template": template }),
  };
  return write(metadata, tensorsOf(tokens.length), seed);
}

/** GPT-2's printable stand-ins for the 256 bytes. */
function byteTokens(): string[] {
  const printable = (byte: number) =>
    (33 <= byte && byte <= 126) || (161 <= byte && byte <= 172) || (174 <= byte && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

interface Tensor {
  name: string;
  /** The fastest dimension first. */
  shape: number[];
}

function tensorsOf(vocabulary: number): Tensor[] {
  const matrix = (name: string, columns: number, rows: number): Tensor => ({ name, shape: [columns, rows] });
  const blocks = Array.from({ length: layers }, (_, k) => [
    { name: `blk.${k}.attn_norm.weight`, shape: [width] },
    ...["q", "k", "v", "output"].map((part) => matrix(`blk.${k}.attn_${part}.weight`, width, width)),
    { name: `blk.${k}.ffn_norm.weight`, shape: [width] },
    matrix(`blk.${k}.ffn_gate.weight`, width, inner),
    matrix(`blk.${k}.ffn_up.weight`, width, inner),
    matrix(`blk.${k}.ffn_down.weight`, inner, width),
  ]);
  const ends = ["token_embd.weight", "output.weight"].map((name) => matrix(name, width, vocabulary));
  return [...ends, ...blocks.flat(), { name: "output_norm.weight", shape: [width] }];
}

const sizeOf = ({ shape }: Tensor) => shape.reduce((product, extent) => product * extent, 1);
const padding = (bytes: number) => Buffer.alloc((alignment - (bytes % alignment)) % alignment);

/** The layout of GGUF 3, all little-endian: header, metadata, tensor table, aligned data. */
function write(metadata: Record<string, Value>, tensors: readonly Tensor[], seed: number): Buffer {
  let offset = 0;
  const table = tensors.map((tensor) => {
    const type = 0; // float32
    const entry = [string(tensor.name), uint32(tensor.shape.length), ...tensor.shape.map(uint64), uint32(type), uint64(offset)]; // prettier-ignore
    offset += Math.ceil((4 * sizeOf(tensor)) / alignment) * alignment;
    return Buffer.concat(entry);
  });
  const pairs = Object.entries(metadata).map(([key, value]) => Buffer.concat([string(key), ...typed(value)]));
  const head = [Buffer.from("GGUF"), uint32(3), uint64(tensors.length), uint64(pairs.length), ...pairs, ...table]; // prettier-ignore
  const header = Buffer.concat(head);
  return Buffer.concat([
    header,
    padding(header.length),
    ...tensors.flatMap((tensor) => weights(tensor, seed)),
  ]);
}

function weights(tensor: Tensor, seed: number): Buffer[] {
  const random = Random.of(seed, tensor.name);
  const isNorm = tensor.shape.length === 1;
  // Sharp attention: otherwise all that stands before the last token would be averaged away.
  const scale = /attn_[qk]/.test(tensor.name) ? 1 : 0.2;
  const values = Float32Array.from({ length: sizeOf(tensor) }, () =>
    isNorm ? 1 : scale * (2 * random.next() - 1),
  );
  const bytes = Buffer.from(values.buffer);
  return [bytes, padding(bytes.length)];
}

function typed(value: Value): Buffer[] {
  const types = { uint: 4, int: 5, float: 6, string: 8, array: 9 };
  if (typeof value === "string") return [uint32(types.string), string(value)];
  if (typeof value === "number") return [uint32(types.float), float32(value)];
  if (Array.isArray(value)) return [uint32(types.array), uint32(types.string), uint64(value.length), ...value.map(string)]; // prettier-ignore
  if ("uint" in value) return [uint32(types.uint), uint32(value.uint)];
  return [uint32(types.array), uint32(types.int), uint64(value.ints.length), ...value.ints.map(uint32)];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint64(bytes.length), bytes]);
}
