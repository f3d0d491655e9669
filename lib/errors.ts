/** The closed list of error codes. Programs may switch on them; messages are for people and may change. */
export const errorCodes = [
  "INVALID_OPTION", // an option, argument or command line value is wrong
  "INVALID_STATE", // the object is disposed, busy, or not ready for this call
  "SHAPE_MISMATCH", // tensors do not fit together
  "FILE_NOT_FOUND",
  "FILE_INVALID", // a file is truncated, malformed or inconsistent with its neighbours
  "FILE_WRITE_FAILED", // disk full, no permission, ...
  "DATA_INVALID", // training, test or input data has a bad line, tag or encoding
  "DATA_EMPTY",
  "LABEL_MISMATCH", // labels of data and model do not agree
  "VERSION_UNSUPPORTED", // a file of ours was written by a format that this version does not know
  "ARCHITECTURE_UNSUPPORTED", // an encoder or tokenizer other than BERT's WordPiece family
  "ADDON_MISSING", // no native binary for this platform
  "UNSUPPORTED_PROCESSOR", // an instruction level that this machine cannot run
  "DEVICE_UNAVAILABLE", // an explicitly requested device is not usable
  "OUT_OF_MEMORY",
  "DIVERGED", // the loss or its gradient is not a finite number
  "CANCELLED",
  "NETWORK_FAILED",
  "INTERNAL", // a broken promise inside this package: please report it
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface ErrorDetails {
  /** What was needed, in words or as a value. */
  expected?: string;
  /** What was found instead. */
  received?: string;
  /** Path of the file concerned. */
  file?: string;
  /** Line of the file concerned, counted from 1. */
  line?: number;
  /** What to do about it. */
  hint?: string;
  cause?: unknown;
}

/**
 * The only error class this package throws. `message` is complete for a person: place, what happened, what was
 * expected and received, what to do next. The parts are also kept as fields.
 */
export class CdlmError extends Error {
  override readonly name = "CdlmError";
  readonly code: ErrorCode;
  readonly expected?: string;
  readonly received?: string;
  readonly file?: string;
  readonly line?: number;
  readonly hint?: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(compose(message, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    const { cause: _, ...fields } = details;
    Object.assign(this, fields);
  }
}

function compose(message: string, details: ErrorDetails): string {
  const place =
    details.file === undefined ? "" : `${details.file}${details.line ? `:${details.line}` : ""}: `;
  const expected = details.expected === undefined ? "" : `; expected ${details.expected}`;
  const received =
    details.received === undefined ? "" : `${expected ? "," : ";"} received ${details.received}`;
  const hint = details.hint === undefined ? "" : `. ${details.hint}`;
  return `${place}${message}${expected}${received}${hint}`;
}
