import { spawn } from "node:child_process";

/** Runs pip with arguments; rejects when there is none or it fails, and with the signal's reason when aborted. */
export type Pip = (parameters: readonly string[], signal: AbortSignal | undefined) => Promise<void>;

const commands: readonly [string, ...string[]][] = [
  ["python3", "-m", "pip"],
  ["python", "-m", "pip"],
  ["pip"],
];
// Fail soon where no index can be reached.
const common = ["--quiet", "--no-input", "--disable-pip-version-check", "--timeout", "10", "--retries", "1"];

export const runPip: Pip = async (parameters, signal) => {
  let failure = new Error("there is no pip");
  for (const [command, ...prefix] of commands) {
    try {
      return await run(command, [...prefix, ...common, ...parameters], signal);
    } catch (error) {
      signal?.throwIfAborted();
      const absent =
        (error as NodeJS.ErrnoException).code === "ENOENT" || /No module named pip/.test(String(error));
      if (!absent) failure = error as Error;
    }
  }
  throw failure;
};

function run(command: string, parameters: string[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      stdio: ["ignore", "ignore", "pipe"],
      ...(signal && { signal }),
    });
    let complaint = "";
    child.stderr.on("data", (text: Buffer) => {
      complaint = (complaint + text.toString()).slice(-2000);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(complaint.trim().split("\n").at(-1) || `pip ends with code ${code}`));
    });
  });
}
