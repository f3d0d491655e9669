import { CdlmError } from "../errors.js";

/**
 * Writes text to stdout, as fast as its reader takes it. Returns false when the reader has gone (`| head`), which is no
 * error, and nobody needs the rest.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function print(text: string): Promise<boolean> {
  const { stdout } = process;
  if (stdout.listenerCount("error") === 0) stdout.on("error", () => undefined); // the callback has it too
  const failure = await new Promise<Error | null | undefined>((resolve) => stdout.write(text, resolve));
  if (!failure) return true;
  if ((failure as NodeJS.ErrnoException).code === "EPIPE") return false;
  const details = { received: failure.message, cause: failure };
  throw new CdlmError("FILE_WRITE_FAILED", "standard output cannot be written to", details);
}

/** The one JSON document of a command. */
export async function printJson(value: unknown): Promise<void> {
  await print(JSON.stringify(value, null, 2) + "\n");
}
