import assert from "node:assert/strict";
import type { RecognizedDocument } from "../../lib/index.js";
import { annotated } from "../../lib/report/annotated-text.js";
import { entityPage } from "../../lib/report/entity-page.js";
import { table } from "../../lib/report/table.js";
import { coloursOf } from "../../lib/report/type-colours.js";

const types = ["person", "place"];
const hostile = `<script>alert("x")</script> & 'Nile'`;
const entityAt = (text: string, mention: string, type: string, confidence = 0.5) => {
  const start = text.indexOf(mention);
  return { start, end: start + mention.length, text: mention, type, confidence };
};
const document = (text: string, entities: RecognizedDocument["entities"] = [], warnings: string[] = []) => ({
  text,
  entities,
  windows: 1,
  warnings,
});

async function page(title: string, documents: RecognizedDocument[]): Promise<string> {
  let html = "";
  for await (const part of entityPage(title, types, documents)) html += part;
  return html;
}

describe("report", () => {
  it("the page escapes texts, titles, types and warnings, and needs nothing from elsewhere", async () => {
    const entities = [entityAt(hostile, "<script>", "<type>", 0.876)];
    const html = await page(`<title> "a" & b`, [document(hostile, entities, ["<warning>"])]);
    assert.doesNotMatch(html, /<script|<type>|<warning>|https?:|src=|@import/);
    assert.ok(html.includes("&lt;script&gt;</mark>") || html.includes("&lt;script&gt;<small>"));
    assert.ok(html.includes("&lt;type&gt; 88%") && html.includes("&lt;warning&gt;"));
    assert.ok(html.includes("&amp; &#39;Nile&#39;"));
    assert.ok(html.includes("<title>&lt;title&gt; &quot;a&quot; &amp; b</title>"));
  });

  it("the page keeps every character of a text in its order, and names each mention's type", async () => {
    const text = "Björk 🎵 sang in Reykjavík.";
    const entities = [entityAt(text, "Björk", "person"), entityAt(text, "Reykjavík", "place", 0.999)];
    const html = await page("t", [document(text, entities), document("")]);
    const bodies = [...html.matchAll(/<p class="text">(.*?)<\/p>/g)].map(([, body]) => body!);
    assert.deepEqual(bodies.map((body) => body.replaceAll(/<small>.*?<\/small>|<.*?>/g, "")), [text, ""]); // prettier-ignore
    assert.match(bodies[0]!, /Björk<small>person 50%<\/small>/);
    for (const type of types) assert.match(html, new RegExp(`<li style="background:hsl[^"]+">${type}</li>`));
  });

  it("marks entities in plain text, and by colour with the type beside it", () => {
    const text = "Ada saw the Nile.";
    const found = document(text, [entityAt(text, "Ada", "person"), entityAt(text, "Nile", "place")]);
    assert.equal(annotated(found), "[Ada](person) saw the [Nile](place).");
    const coloured = annotated(found, coloursOf(types));
    // eslint-disable-next-line no-control-regex -- these are what colours are made of
    assert.equal(coloured.replaceAll(/\u001b\[[\d;]*m/g, ""), " Ada person  saw the  Nile place .");
    assert.ok(coloured.endsWith("."));
  });

  it("colours of the types of one model differ", () => {
    const many = Array.from({ length: 16 }, (_, k) => `type${k}`);
    const colours = many.map(coloursOf(many));
    for (const [k, a] of colours.entries())
      for (const b of colours.slice(k + 1)) {
        const angle = Math.abs(a.hue - b.hue) % 360;
        assert.ok(Math.min(angle, 360 - angle) > 15 || a.lightness !== b.lightness);
      }
    assert.equal(coloursOf(many)("unknown").rgb.length, 3);
  });

  it("a table has its first column to the left and numbers to the right", () => {
    assert.equal(
      table(["type", "F1"], [["person", "9.50"], ["a", "100.00"]]), // prettier-ignore
      ["type        F1", "──────  ──────", "person    9.50", "a       100.00"].join("\n"),
    );
  });
});
