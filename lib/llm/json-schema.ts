import { z } from "zod";
import type { JsonSchema } from "./language-model.js";

/** The JSON schema of an answer, as grammars and endpoints take it: plain, closed objects, all keys required. */
export function jsonSchemaOf(answer: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(answer, { target: "draft-7" });
  return schema;
}
