import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import path from "node:path";
import { z } from "zod";
import { CdlmError } from "../../lib/index.js";
import { packageRoot } from "../../lib/native/load.js";
import type { Answer, Routes } from "./server.js";
import type { Workplace } from "./workplace.js";

/** The page is sent as it is written: it needs no build. */
const folder = path.join(packageRoot, "examples/desktop/page");
const kinds: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};
const files = [
  ...["index.html", "style.css", "icon.svg", "main.mjs", "element.mjs", "program.mjs", "lines.mjs"],
  ...["words.mjs", "inspector.mjs", "why.mjs", "adaptation.mjs"],
];

const mention = z.strictObject({
  start: z.int(),
  end: z.int(),
  type: z.string().regex(/^\S{1,60}$/, "a type is a word of up to 60 characters, without white space"),
});
const text = z.strictObject({ text: z.string() });
const correction = z.strictObject({ text: z.string(), entities: z.array(mention) });

/** What the page may ask for. `quit` ends the program. */
export function routesOf(workplace: Workplace, quit: () => void): Routes {
  const { adaptation } = workplace;
  return {
    ...Object.fromEntries(files.map((name) => [`GET ${name === "index.html" ? "" : name}`, fileAnswer(name)])), // prettier-ignore
    "GET state": () => workplace.state,
    "GET events": (_body, { response }) => streamState(workplace, response),
    "POST read": (body, { signal }) => workplace.read(checked(text, body).text, signal),
    "POST why": (body, { signal }) => workplace.model.explain(checked(text, body).text, signal),
    "PUT correction": (body) => {
      const { text, entities } = checked(correction, body);
      return workplace.correct(text, entities);
    },
    "DELETE correction": (body) => workplace.forget(checked(text, body).text),
    "POST adaptation": () => workplace.beginAdaptation(),
    "POST adaptation/resume": () => adaptation.resume(),
    "POST adaptation/stop": () => adaptation.stop(),
    "POST quit": (_body, { response }) => void response.once("finish", quit),
  };
}

function fileAnswer(name: string): Answer {
  return async (_body, { response }) => {
    const content = await readFile(path.join(folder, name));
    response.writeHead(200, { "Content-Type": kinds[path.extname(name)] }).end(content);
  };
}

/** The state as server-sent events: at once, and after every change. */
function streamState(workplace: Workplace, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const send = () => void response.write(`data: ${JSON.stringify(workplace.state)}\n\n`);
  send();
  response.once("close", workplace.onChange(send));
}

function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new CdlmError("INVALID_OPTION", problems.join("; "));
}
