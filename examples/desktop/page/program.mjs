/** @import { Failure, Line, Mention, State, Why } from "../protocol.js" */

const gone = "The program does not answer. Start it again, and open the address that it prints.";

/** What the program does for the page. Each fails with an Error for people. */
export const program = {
  /** @type {(text: string) => Promise<Line[]>} */
  read: (text) => ask("POST", "read", { text }),
  /** @type {(text: string) => Promise<Why[]>} */
  why: (text) => ask("POST", "why", { text }),
  /** @type {(text: string, entities: Mention[]) => Promise<void>} */
  correct: (text, entities) => ask("PUT", "correction", { text, entities }),
  /** @type {(text: string) => Promise<void>} */
  forget: (text) => ask("DELETE", "correction", { text }),
  /** @type {() => Promise<void>} */
  adapt: () => ask("POST", "adaptation"),
  /** @type {() => Promise<void>} */
  resume: () => ask("POST", "adaptation/resume"),
  /** @type {() => Promise<void>} */
  stop: () => ask("POST", "adaptation/stop"),
  /** @type {() => Promise<void>} */
  quit: () => ask("POST", "quit"),
};

/**
 * Calls with the state, now and whenever it changes.
 * @param {(state: State) => void} onState
 * @param {(message: string) => void} onGone
 * @returns {() => void} ends it
 */
export function watchState(onState, onGone) {
  const events = new EventSource("events");
  events.onmessage = ({ data }) => onState(JSON.parse(data));
  events.onerror = () => onGone(gone);
  return () => events.close();
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
async function ask(method, path, body) {
  const answer = await fetch(path, { method, body: body === undefined ? null : JSON.stringify(body) }).catch(
    () => {
      throw new Error(gone);
    },
  );
  if (answer.ok) return answer.json();
  const failure = /** @type {Failure} */ (
    await answer.json().catch(() => ({ message: `${answer.status} ${answer.statusText}` }))
  );
  throw new Error(failure.message);
}
