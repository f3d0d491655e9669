import assert from "node:assert/strict";
import type { State } from "../../examples/desktop/protocol.js";
import type { Desktop } from "./start-desktop.js";

/** Asks as the page does. */
export async function ask(desktop: Desktop, method: string, name: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(desktop.url + name, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  const value: unknown = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(value));
  return value;
}

export const stateOf = async (desktop: Desktop) => (await ask(desktop, "GET", "state")) as State;

/** The first step that a run reports, in the stream of states that begins before it. */
export async function firstStep({ body }: Response): Promise<number> {
  let received = "";
  for await (const part of body!.pipeThrough(new TextDecoderStream())) {
    received += part;
    for (const message of received.split("\n\n").slice(0, -1)) {
      const { adaptation } = JSON.parse(message.slice("data: ".length)) as State;
      if (adaptation.status === "running" && adaptation.progress) return adaptation.progress.step;
    }
  }
  throw new Error("the program ended");
}
