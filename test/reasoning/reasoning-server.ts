import { says, thinks, type ChatRequest, type Reply } from "./fake-server.js";

interface EdgeSchema {
  properties: { edges?: { items: { properties: { cause: { enum: string[] }; words: { enum: string[] } } } } };
}

/**
 * Answers as a model would that takes the first variable for the cause of the second, gives every letter of a question
 * some weight, the last but one most, and has the same reason for everything.
 */
export const reasons: Reply = (request, response, headers) => answerTo(request)(request, response, headers);

function answerTo({ response_format: format, messages }: ChatRequest): Reply {
  if (!format) {
    const letters = messages[1]!.content.match(/^[A-Z](?=\. )/gm)!;
    const likely = letters.at(-2)!;
    return thinks(() =>
      Object.fromEntries(letters.map((letter) => [letter, letter === likely ? 0.9 : 0.01])),
    );
  }
  const { edges } = (format.json_schema.schema as unknown as EdgeSchema).properties;
  if (!edges) return says('{"reason":"so it says"}');
  const { cause, words } = edges.items.properties;
  const edge = { cause: cause.enum[0], effect: cause.enum[1], words: words.enum[0] };
  return says(JSON.stringify({ edges: [edge] }));
}
