import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";

export interface Desktop extends AsyncDisposable {
  url: string;
  /** The program's exit code, when it has ended. */
  ended: Promise<number | null>;
  /** Asks the program to end, as Ctrl-C does; its exit code. */
  stop(): Promise<number | null>;
  /** Ends the program without a word. */
  kill(): Promise<number | null>;
}

const main = path.join(packageRoot, "dist/examples/desktop/main.js");

/** Starts the desktop example, or a packed one, and waits for the address of its page. */
export async function startDesktop(
  args: readonly string[],
  [command, ...rest]: readonly [string, ...string[]] = [process.execPath, main],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Desktop> {
  const child = spawn(command, [...rest, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const url = await addressOf(child);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  const stop = () => end("SIGINT");
  return { url, ended, stop, kill: () => end("SIGKILL"), [Symbol.asyncDispose]: async () => void (await stop()) }; // prettier-ignore
}

/** Rejects with what the program said where it ends without an address. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (part: Buffer) => {
      said += part.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\//.exec(said);
      if (address) resolve(address[0]);
    };
    child.stdout!.on("data", listen);
    child.stderr!.on("data", listen);
    child.once("close", () => reject(new Error(said)));
  });
}
