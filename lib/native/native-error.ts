import { CdlmError, errorCodes, type ErrorCode } from "../errors.js";

/**
 * Awaits a native call and turns what it throws or rejects with into a CdlmError created here, so that the stack shows
 * the caller.
 */
export async function settled<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toCdlmError(error);
  }
}

export function toCdlmError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CdlmError) return error;
  const { code, expected, received } = error as Error & {
    code?: string;
    expected?: string;
    received?: string;
  };
  const known = errorCodes.includes(code as ErrorCode) ? (code as ErrorCode) : "INTERNAL";
  return new CdlmError(known, error.message, {
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  });
}
