import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { text } from "node:stream/consumers";
import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** For what rests on signals and pipes as Unix has them. */
export const itOnUnix = process.platform === "win32" ? it.skip : it;

/** Starts the command line as a shell would. */
export function startCli(args: readonly string[], cwd = packageRoot): ChildProcessWithoutNullStreams {
  const main = path.join(packageRoot, "dist/lib/cli/main.js");
  return spawn(process.execPath, [main, ...args], { cwd });
}

/** What the started command leaves behind. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, stdout, stderr };
}

/** Runs a command to its end, with `input` on its stdin. */
export async function cli(
  args: readonly string[],
  input: string | Uint8Array = "",
  cwd?: string,
): Promise<Ended> {
  const child = startCli(args, cwd);
  child.stdin.on("error", () => undefined); // the command may end without reading
  child.stdin.end(input);
  return ended(child);
}
