import { CdlmError } from "../errors.js";

/** What Ctrl-C aborts running work with. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export function exitCode(error: unknown): number {
  if (error instanceof Interrupted) return 130;
  if (error instanceof CdlmError && error.code === "CANCELLED") return 130;
  return error instanceof CdlmError && error.code === "INVALID_OPTION" ? 2 : 1;
}

/** The message for a person; the stack only where CDLM_DEBUG is set, or where the error is our own mistake. */
export function explain(error: unknown): string {
  if (error instanceof Interrupted) return `\n${error.message}\n`;
  if (!(error instanceof CdlmError)) return `cdlm: unexpected failure, please report it\n${stackOf(error)}\n`;
  return `cdlm: ${error.message}${process.env.CDLM_DEBUG ? `\n${stackOf(error)}` : ""}\n`;
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/**
 * A signal that the first Ctrl-C (or SIGTERM) fires, with `message` for the person; the second one ends the process at
 * once. Call the returned function when the work is over.
 */
export function interruptible(message: string): { signal: AbortSignal; done: () => void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Interrupted(message));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return { signal: controller.signal, done: () => void process.off("SIGINT", stop).off("SIGTERM", stop) };
}
