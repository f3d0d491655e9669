import { readLines } from "../data/text-lines.js";
import { CdlmError } from "../errors.js";
import { parseJson } from "../files/parse-json.js";
import { causalGraphSchema, type CausalGraph } from "../llm/causal-document.js";

/**
 * The graphs of a file that `cdlm causal` has written.
 * @throws CdlmError DATA_INVALID with the line, FILE_NOT_FOUND, FILE_INVALID, CANCELLED
 */
export async function* graphsIn(file: string, signal: AbortSignal): AsyncGenerator<CausalGraph> {
  for await (const { text, number: line } of readLines(file, { signal })) {
    try {
      yield causalGraphSchema.parse(parseJson(text));
    } catch (cause) {
      const received = text.slice(0, 60);
      throw new CdlmError("DATA_INVALID", "the line is no causal graph", { file, line, received, cause });
    }
  }
}
