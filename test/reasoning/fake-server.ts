import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface ChatRequest {
  model: string;
  messages: { role: string; content: string }[];
  max_tokens: number;
  temperature: number;
  top_logprobs?: number;
  response_format?: { json_schema: { schema: Record<string, unknown> } };
}

export type Reply = (
  request: ChatRequest,
  response: ServerResponse,
  headers: IncomingMessage["headers"],
) => void;

export interface FakeServer {
  url: string;
  requests: ChatRequest[];
  close(): Promise<void>;
}

/** A server on loopback that answers the first requests by these replies, and all others by the last one. */
export async function fakeServer(...replies: Reply[]): Promise<FakeServer> {
  const requests: ChatRequest[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const chat = JSON.parse(body) as ChatRequest;
      requests.push(chat);
      replies[Math.min(requests.length, replies.length) - 1]!(chat, response, request.headers);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests, close };
}

export function json(response: ServerResponse, status: number, value: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

/** A chat answer with this content. */
export const says =
  (content: string): Reply =>
  (_, response) =>
    json(response, 200, {
      choices: [{ message: { content } }],
      usage: { prompt_tokens: 7, completion_tokens: 3 },
    });

/** Answers with these probabilities of tokens. */
export const thinks =
  (weights: (request: ChatRequest) => Record<string, number>): Reply =>
  (request, response) => {
    const top = Object.entries(weights(request)).map(([token, p]) => ({ token, logprob: Math.log(p) }));
    const content = [{ top_logprobs: top.slice(0, request.top_logprobs) }];
    json(response, 200, { choices: [{ message: { content: top[0]?.token ?? "" }, logprobs: { content } }] });
  };

export const fails =
  (status: number, message = "no", headers = {}): Reply =>
  (_, response) =>
    json(response, status, { error: { message } }, headers);
