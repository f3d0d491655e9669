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

/** The message for a person; the stack only where CDLM_DEBUG is set. */
export function explain(error: unknown): string {
  if (error instanceof Interrupted) return `cdlm: ${error.message}\n`;
  const stack = process.env.CDLM_DEBUG ? `\n${stackOf(error)}` : "";
  if (error instanceof CdlmError) return `cdlm: ${error.message}${stack}\n`;
  const message = error instanceof Error ? error.message : String(error);
  return `cdlm: unexpected failure: ${message}. Please report it, with what CDLM_DEBUG=1 adds to this message${stack}\n`;
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/**
 * Runs work with a signal that the first Ctrl-C (or SIGTERM) fires; the second one ends the process at once. Whatever
 * the work fails with after the first is reported as the interruption that it is.
 * @param message for the person, made when the work has stopped
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  message: () => string = () => "Stopped.",
): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) return endBy(signal);
    process.stderr.write("\nStopping; once more ends at once\n");
    controller.abort(new CdlmError("CANCELLED", "stopped"));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted && isCancellation(error) ? new Interrupted(message()) : error;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/** `process.exit` would wait for the threads of Node's pool, of which one may hang in a system call. */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function isCancellation(error: unknown): boolean {
  if (error instanceof CdlmError) return error.code === "CANCELLED";
  return error instanceof Error && error.name === "AbortError";
}
