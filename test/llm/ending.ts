/** A child process that ends with a language model loaded. Arguments: file of the model, how. */
import { LlamaModel } from "../../lib/llm/llama/llama-model.js";

const [file, how] = process.argv.slice(2) as [string, string];

async function main(): Promise<void> {
  const llm = await LlamaModel.open(file, { threads: 1 });
  const prompt = { system: "", user: "Tell." };
  await llm.decide(prompt, { kind: "yes-no", text: "?" });
  if (how === "kept") return;
  setTimeout(() => process.exit(7), 50);
  const schema = { type: "object", properties: { story: { type: "string" } } };
  for (;;) await llm.generate(prompt, schema, { maxTokens: 3000, temperature: 0, seed: 1 });
}

void main();
