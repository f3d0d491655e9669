import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Explanation } from "../../lib/index.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { cli } from "./run-cli.js";
import { tinyModel } from "./tiny-model.js";

const text = 'The "Labour" Party & the <b>Greens</b> won Leeds .';

describe("cdlm explain", () => {
  const { file } = useTemporaryDirectory();
  const explain = async (...args: string[]) => cli(["explain", "--model", await tinyModel(), "--text", text, ...args]); // prettier-ignore

  it("--json prints the explanation alone, --html writes a page beside it", async () => {
    const { code, stdout, stderr } = await explain("--json", "--html", file("why.html"));
    assert.deepEqual([code, stderr], [0, ""]);
    const explanation = JSON.parse(stdout) as Explanation;
    assert.equal(explanation.text, text);
    for (const { start, end, text: mention, context } of explanation.entities) {
      assert.equal(text.slice(start, end), mention);
      assert.ok(context.length > 0);
    }
    const html = await readFile(file("why.html"), "utf8");
    assert.match(html, /^<!doctype html>[^]*<\/html>\n$/);
    assert.ok(!html.includes("<b>Greens"));
  });

  it("for people it prints a block for each entity, without colours when stdout is no terminal", async () => {
    const { code, stdout } = await explain();
    assert.equal(code, 0);
    assert.ok(!stdout.includes("\u001b"));
    assert.match(stdout, /with the mention unknown|No entity was found/);
  });

  it("a page that cannot be written is an error", async () => {
    const { code, stderr } = await explain("--html", file("none/why.html"));
    assert.equal(code, 1);
    assert.match(stderr, /why\.html/);
  });
});
