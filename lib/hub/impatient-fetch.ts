export type Fetch = typeof fetch;

export interface NetworkOptions {
  signal?: AbortSignal | undefined;
  /** Default: the platform's own. */
  fetch?: Fetch | undefined;
  /** Longest silence, in milliseconds: until an answer begins, and between two pieces of it. */
  patience?: number | undefined;
}

/**
 * A `fetch` that gives up after a silence. On closed networks a request may hang instead of failing; a slow download is
 * fine as long as bytes keep coming. Rejects with the signal's reason when aborted.
 */
export function impatientFetch({
  signal,
  fetch: through = fetch,
  patience = 10_000,
}: NetworkOptions = {}): Fetch {
  return async (input, init) => {
    const silence = new AbortController();
    const giveUp = () => silence.abort(new Error(`no answer within ${patience / 1000} seconds`));
    const timer = setTimeout(giveUp, patience);
    const signals = [silence.signal, signal, init?.signal].filter((each) => each instanceof AbortSignal);
    try {
      const response = await through(input, { ...init, signal: AbortSignal.any(signals) });
      if (!response.body) {
        clearTimeout(timer);
        return response;
      }
      // From here on nobody may ever read the answer: do not keep the process for it.
      timer.unref();
      const { status, statusText, headers } = response;
      return new Response(response.body.pipeThrough(watched(timer)), { status, statusText, headers });
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
  };
}

/** Passes bytes on and puts the timer off with each piece. */
function watched(timer: NodeJS.Timeout): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(bytes, controller) {
      timer.refresh();
      controller.enqueue(bytes);
    },
    flush() {
      clearTimeout(timer);
    },
  });
}
