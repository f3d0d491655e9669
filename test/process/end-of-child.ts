import { spawn } from "node:child_process";
import path from "node:path";

const longestLife = 600_000; // ms: far above what a child needs on a busy machine, far below "it hangs"

export interface End {
  code: number | null;
  signal: string | null;
  output: string;
  errors: string;
}

/** Runs child.ts to its end; one that hangs ends by SIGKILL. */
export function endOfChild(
  model: string,
  how: string,
  delay: number,
  flags: readonly string[] = [],
): Promise<End> {
  return new Promise((resolve) => {
    const program = ["--expose-gc", ...flags, path.join(__dirname, "child.js"), model, how, String(delay)];
    const child = spawn(process.execPath, program, { timeout: longestLife, killSignal: "SIGKILL" });
    let [output, errors] = ["", ""];
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (errors += data));
    child.once("close", (code, signal) => resolve({ code, signal, output, errors }));
  });
}
