import { AnswerStore, answerKey } from "../../lib/llm/answer-store.js";

/** Writes answers to a store until it is killed, and prints the key of each that is safe. */
async function main(): Promise<void> {
  const store = await AnswerStore.open(process.argv[2]!);
  for (let k = 0; k < 100_000; k++) {
    await store.put(answerKey(String(k)), String(k));
    process.stdout.write(`${k}\n`);
  }
}

void main();
