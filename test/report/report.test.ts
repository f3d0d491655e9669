import assert from "node:assert/strict";
import type { RecognizedDocument } from "../../lib/index.js";
import { annotated, terminalColours } from "../../lib/report/annotated-text.js";
import { entityPage } from "../../lib/report/entity-page.js";
import { explanationPage } from "../../lib/report/explanation-page.js";
import { explanationText } from "../../lib/report/explanation-text.js";
import { escape } from "../../lib/report/html.js";
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
  for await (const part of entityPage(title, { types, calibration: null }, documents)) html += part;
  return html;
}

describe("report", () => {
  it("the page escapes texts, titles, types and warnings, and needs nothing from elsewhere", async () => {
    const entities = [entityAt(hostile, "<script>", "<type>", 0.876)];
    const html = await page(`<title> "a" & b`, [document(hostile, entities, ["<warning>"])]);
    assert.doesNotMatch(html, /<script|<type>|<warning>|https?:|src=|@import/);
    assert.ok(html.includes("&lt;script&gt;</mark>") || html.includes("&lt;script&gt;<small>"));
    assert.ok(html.includes("&lt;type&gt; 88 %") && html.includes("&lt;warning&gt;"));
    assert.ok(html.includes("&amp; &#39;Nile&#39;"));
    assert.match(html, /Not calibrated/);
    assert.ok(html.includes("<title>&lt;title&gt; &quot;a&quot; &amp; b</title>"));
  });

  it("controls and marks that turn the direction of a text are made visible, ends of lines are kept", () => {
    const ranges = [[0, 8], [0xb, 0xc], [0xe, 0x1f], [0x7f, 0x9f], [0x202a, 0x202e], [0x2066, 0x2069]]; // prettier-ignore
    for (const [first, last] of ranges)
      for (let code = first!; code <= last!; code++)
        assert.equal(escape(`a${String.fromCharCode(code)}b`), "a\ufffdb", `U+${code.toString(16)}`);
    const kept = "\t\n\r ~\u00a0é\u2013\u202f🎵";
    assert.equal(escape(kept), kept);
  });

  it("the page keeps every character of a text in its order, and names each mention's type", async () => {
    const text = "Björk 🎵 sang in Reykjavík.";
    const entities = [entityAt(text, "Björk", "person"), entityAt(text, "Reykjavík", "place", 0.999)];
    const html = await page("t", [document(text, entities), document("")]);
    const bodies = [...html.matchAll(/<p class="text">(.*?)<\/p>/g)].map(([, body]) => body!);
    assert.deepEqual(bodies.map((body) => body.replaceAll(/<small>.*?<\/small>|<.*?>/g, "")), [text, ""]); // prettier-ignore
    assert.match(bodies[0]!, /Björk<small>person 50 %<\/small>/);
    for (const type of types) assert.match(html, new RegExp(`<li style="background:hsl[^"]+">${type}</li>`));
  });

  it("a table's columns stand below each other whatever the width of a character is", () => {
    const lines = table(["type", "F1"], [["日本", "1.0"], ["👨‍👩‍👧‍👦", "20.0"]]).split("\n"); // prettier-ignore
    assert.deepEqual(lines, ["type    F1", "────  ────", "日本   1.0", "👨‍👩‍👧‍👦    20.0"]);
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

  it("colours are for terminals where NO_COLOR is not set", () => {
    const { isTTY } = process.stdout;
    const { NO_COLOR } = process.env;
    const coloured = (isTerminal: boolean, value?: string) => {
      process.stdout.isTTY = isTerminal;
      if (value === undefined) delete process.env.NO_COLOR;
      else process.env.NO_COLOR = value;
      return terminalColours(types) !== undefined;
    };
    try {
      assert.deepEqual([coloured(true), coloured(true, "")], [true, true]);
      assert.deepEqual([coloured(true, "1"), coloured(true, "0"), coloured(false)], [false, false, false]);
      coloured(true);
      assert.deepEqual(terminalColours(types)!("place"), coloursOf(types)("place"));
    } finally {
      coloured(isTTY, NO_COLOR);
    }
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

  const effect = (value: number) => ({ effect: value, confidence: 0.25 });
  const explanation = {
    text: hostile,
    calibration: null,
    windows: 1,
    warnings: ["<warning>"],
    entities: [
      {
        ...entityAt(hostile, "Nile", "<type>", 0.876),
        mention: effect(2),
        answerWithout: entityAt(hostile, "<script>", "<type>"),
        context: ["<script>", "alert", "&"].map((word, k) => ({ ...entityAt(hostile, word, ""), ...effect([-4, 0.01, 1][k]!) })), // prettier-ignore
      },
    ],
  };

  it("an explanation's page keeps and escapes the text, and needs nothing from elsewhere", () => {
    const html = explanationPage(explanation, types);
    assert.doesNotMatch(html, /<script|<type>|<warning>|https?:|src=|@import/);
    const heat = /<p class="text words">(.*?)<\/p>/s.exec(html)![1]!;
    assert.equal(heat.replaceAll(/<.*?>/g, ""), hostile.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;")); // prettier-ignore
    assert.match(html, /not calibrated/);
    assert.match(html, /class="left" style="width:100.0%".*−4\.0/);
    assert.match(html, /Had the mention been unknown: .*&lt;script&gt;.*50 %/);
    const none = { ...explanation, entities: [{ ...explanation.entities[0]!, answerWithout: null }] };
    assert.match(explanationPage(none, types), /Had the mention been unknown: no entity/);
    assert.match(explanationPage({ ...explanation, entities: [], calibration: "platt" }, types), /fitted on dev data \(platt\).*No entity was found/s); // prettier-ignore
  });

  it("an explanation in plain text has bars by strength, and none for what does nothing", () => {
    const lines = explanationText(explanation).split("\n");
    assert.deepEqual(lines.slice(0, 5), [
      "Nile [<type>]  88 %",
      `  the mention itself  ${"█".repeat(12)}${" ".repeat(12)}   +2.0   25 % without`,
      `  <script>            ${"░".repeat(24)}   −4.0   25 % without`,
      `  &                   ${"█".repeat(6)}${" ".repeat(18)}   +1.0   25 % without`,
      "  with the mention unknown: <type> (50 %): <script>",
    ]);
    assert.match(explanationText(explanation), /not calibrated.*<warning>/s);
    const coloured = explanationText(explanation, coloursOf(types));
    assert.match(coloured, /\u001b\[31m░+\u001b\[0m/); // eslint-disable-line no-control-regex
    assert.equal(explanationText({ ...explanation, entities: [], warnings: [] }), "No entity was found.\n");
  });
});
