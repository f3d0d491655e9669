import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import type { Fetch } from "../../lib/hub/impatient-fetch.js";
import type { KnownModel } from "../../lib/hub/known-models.js";

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Bytes that do not compress well, the same for each seed. */
export function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from(
    { length },
    () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) >> 16,
  );
}

export const contents: Record<string, Uint8Array> = {
  "config.json": new TextEncoder().encode('{"model_type": "bert"}'),
  "model.safetensors": noise(300_000, 1),
};

export const wheel = zipSync({
  "tiny/__init__.py": noise(10, 2),
  "tiny/model/config.json": contents["config.json"]!,
  "tiny/model/model.safetensors": contents["model.safetensors"]!,
  "tiny-1.0.dist-info/RECORD": noise(100, 3),
});

export const tinyModel: KnownModel = {
  files: Object.entries(contents).map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    sha256: sha256(bytes),
  })),
  hub: { repo: "someone/tiny", revision: "abc" },
  package: { name: "tiny", version: "1.0", sha256: sha256(wheel), folder: "tiny/model" },
};

/** Answers requests for the given addresses; all others fail as without a network. Notes what was asked for. */
export function fakeFetch(answers: Record<string, (request: Request) => Response | Promise<Response>>) {
  const asked: string[] = [];
  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    asked.push(request.url);
    const respond = answers[request.url];
    if (respond) return respond(request);
    const cause = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    throw new TypeError("fetch failed", { cause });
  };
  return { fetch, asked };
}

/** What the hub answers: one byte with the size for the question, the whole for the download. */
export function hubAnswer(bytes: Uint8Array, etag = sha256(bytes)) {
  return (request: Request) => {
    if (!request.headers.has("range")) return new Response(bytes);
    const headers = { "content-range": `bytes 0-0/${bytes.length}`, etag: `"${etag}"` };
    return new Response(bytes.slice(0, 1), { status: 206, headers });
  };
}

export function hubAnswers(repo: string, revision: string, files: Record<string, Uint8Array>) {
  const url = (name: string) => `https://huggingface.co/${repo}/resolve/${revision}/${name}`;
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [url(name), hubAnswer(bytes)]));
}

export function pypiAnswers(archive: Uint8Array = wheel, digest = sha256(wheel)) {
  const url = "https://files.example/tiny-1.0-py3-none-any.whl";
  const index = { urls: [{ url, packagetype: "bdist_wheel", digests: { sha256: digest } }] };
  return {
    "https://pypi.org/pypi/tiny/1.0/json": () => Response.json(index),
    [url]: () => new Response(archive),
  };
}

/** Requests without an answer. Kept here, as a real connection keeps its request: signals hold each other weakly. */
const unanswered = new Set<Request>();

/** Never answers, until it is told to stop. */
export function silence(request: Request): Promise<Response> {
  unanswered.add(request);
  return new Promise((_, reject) => {
    const stop = () => {
      unanswered.delete(request);
      reject(request.signal.reason as Error);
    };
    if (request.signal.aborted) stop();
    else request.signal.addEventListener("abort", stop);
  });
}

/** Begins to answer and then stalls. */
export function stalling(bytes: Uint8Array) {
  return ({ signal }: Request) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes);
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
    return new Response(body);
  };
}
