import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CdlmError } from "../../lib/index.js";
import type { Failure } from "./protocol.js";

/** Answers one request; the signal fires when whoever asked has gone. What it returns is sent as JSON. */
export type Answer = (body: unknown, context: { response: ServerResponse; signal: AbortSignal }) => unknown;

/** Answers by method and path, e.g. "POST read"; paths are relative to the secret one. */
export type Routes = Readonly<Record<string, Answer>>;

/** Longest body of a request, in bytes. */
const longestBody = 4 << 20;

const headers = {
  "Content-Security-Policy":
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

/**
 * Serves on a free port of 127.0.0.1, under a path that nobody can guess; everything else is refused, requests under
 * another host name too (a page elsewhere may have its name lead here).
 */
export async function serve(routes: Routes): Promise<{ url: string; close: () => void }> {
  const token = randomBytes(24).toString("base64url");
  const server = createServer((request, response) => void handle(request, response, routes, token));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return { url: `${originOf(server)}/${token}/`, close: () => closeNow(server) };
}

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function closeNow(server: Server): void {
  server.close();
  server.closeAllConnections();
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Routes,
  token: string,
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const answer = routes[`${request.method} ${pathOf(request, token)}`];
    if (!answer) return void response.writeHead(404).end();
    const result = await answer(await bodyOf(request), { response, signal: gone.signal });
    if (!response.headersSent) sendJson(response, 200, result ?? null);
  } catch (error) {
    if (!gone.signal.aborted && !response.headersSent) sendJson(response, 400, failureOf(error));
  }
}

/** Path below the secret one; undefined for a request that must not be answered. */
function pathOf({ headers, url = "", socket }: IncomingMessage, token: string): string | undefined {
  const host = `127.0.0.1:${socket.localPort}`;
  const { origin = `http://${host}` } = headers;
  const isOurs = headers.host === host && origin === `http://${host}` && url.startsWith(`/${token}/`);
  return isOurs ? url.slice(token.length + 2) : undefined;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > longestBody)
      throw new CdlmError("INVALID_OPTION", "the text is too long", {
        expected: `at most ${longestBody >> 20} MiB at once`,
        received: "more",
      });
    chunks.push(chunk as Buffer);
  }
  return bytes === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(value));
}

function failureOf(error: unknown): Failure {
  if (error instanceof CdlmError) return { code: error.code, message: error.message };
  return { code: "INTERNAL", message: `unexpected failure: ${error instanceof Error ? error.message : String(error)}` }; // prettier-ignore
}
