import assert from "node:assert/strict";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { cli } from "./run-cli.js";
import { tinyModel } from "./tiny-model.js";

/** This package's own tests run without node-llama-cpp: all others show that nothing else needs it. */
describe("without node-llama-cpp", () => {
  const folder = useTemporaryDirectory();
  const labelled = "Tony\tB-person\nBlair\tI-person\nled\tO\nLabour\tB-party\n\n";

  const commands: Record<string, (at: Record<"data" | "text" | "gguf", string>) => Promise<string[]>> = {
    causal: ({ gguf, data }) =>
      Promise.resolve(["causal", "--llm", gguf, "--input", data, "--out", folder.file("out")]),
    evaluate: ({ gguf, data }) =>
      Promise.resolve(["evaluate", "--llm", gguf, "--data", data, "--shots", "0"]),
    label: ({ gguf, text }) =>
      Promise.resolve(["label", "--llm", gguf, "--data", folder.file("."), "--input", text, "--out", folder.file("labels")]), // prettier-ignore
    "predict --judge": async ({ gguf, text }) => ["predict", "--model", await tinyModel(), "--input", text, "--judge", gguf, "--judge-threshold", "1"], // prettier-ignore
  };

  for (const [name, args] of Object.entries(commands))
    it(`${name} says what to install`, async () => {
      const gguf = Buffer.concat([Buffer.from("GGUF"), Buffer.from([3, 0, 0, 0]), Buffer.alloc(100)]);
      const at = {
        gguf: await folder.write("m.gguf", gguf),
        data: await folder.write("train.txt", labelled),
        text: await folder.write("raw", "Angela Merkel met Barack Obama.\n"),
      };
      const { code, stderr } = await cli(await args(at), "", folder.file("."));
      assert.equal(code, 1, stderr);
      assert.match(stderr, /npm install node-llama-cpp/);
    });
});
