import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { CdlmError } from "../errors.js";
import { parseJson } from "../files/parse-json.js";
import { parseOptions } from "../options.js";

/**
 * Options in a JSON file, checked by their schema.
 * @throws CdlmError FILE_NOT_FOUND, FILE_INVALID, INVALID_OPTION
 */
export async function readConfig<S extends z.ZodType>(file: string, schema: S): Promise<z.input<S>> {
  let value: unknown;
  try {
    value = parseJson(await readFile(file, "utf8"));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const details = { file, cause, ...(missing ? {} : { received: (cause as Error).message }) };
    throw new CdlmError(
      missing ? "FILE_NOT_FOUND" : "FILE_INVALID",
      missing ? "is missing" : "is not JSON",
      details,
    );
  }
  parseOptions(schema, value, "config file", file);
  return value as z.input<S>;
}
