import { z } from "zod";
import { CdlmError } from "./errors.js";

/** Parses options by their schema. Throws INVALID_OPTION that names the first wrong one, and where it was given. */
export function parseOptions<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
  file?: string,
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const name = issue.path.length > 0 ? `option ${issue.path.join(".")}` : "options";
  throw new CdlmError(
    "INVALID_OPTION",
    `${what} ${name}: ${issue.message}`,
    file === undefined ? {} : { file },
  );
}
