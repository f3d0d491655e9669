import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Another program in a process of its own, asked for a few steps at a time so that rounds can alternate with ours: one
 * JSON line in, one out. Its first line says what it is.
 */
export class Peer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    readonly command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    const stdio = ["pipe", "pipe", "inherit"] as const;
    this.#child = spawn(command, args, { stdio: [...stdio], env: { ...process.env, ...environment } });
    this.#child.on("error", () => undefined); // the answer that does not come says it
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** `about`: the versions and kernels that the peer says of itself. */
  static async start(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ peer: Peer; about: Record<string, string> }> {
    const peer = new Peer(command, args, environment);
    return { peer, about: await peer.#answer<Record<string, string>>() };
  }

  /** Milliseconds of each step. */
  async measure(request: Readonly<Record<string, unknown>>): Promise<number[]> {
    this.#child.stdin!.write(JSON.stringify(request) + "\n");
    return (await this.#answer<{ ms: number[] }>()).ms;
  }

  stop(): void {
    this.#child.stdin!.end();
  }

  async #answer<T>(): Promise<T> {
    const { value, done } = (await this.#lines.next()) as IteratorResult<string, undefined>;
    if (done) throw new Error(`${this.command} ended before it answered; see its message above`);
    return JSON.parse(value) as T;
  }
}
