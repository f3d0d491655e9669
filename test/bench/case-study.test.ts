import assert from "node:assert/strict";
import { caseStudyText, confusions } from "../../bench/case-study.js";
import { spansOf } from "../../lib/text/spans.js";

const answers = (...tags: string[][]) => tags.map((own) => ({ tags: own, mentions: spansOf(own) }));

describe("the case study", () => {
  const sentences = [
    { words: ["Nina", "sang"], tags: ["B-artist", "O"] },
    { words: ["Abba", "and", "Nina"], tags: ["B-band", "O", "B-artist"] },
    { words: ["Paris", "New", "York"], tags: ["B-place", "B-place", "I-place"] },
  ];
  const source = answers(["B-person", "O"], ["B-person", "O", "B-person"], ["B-place", "O", "B-person"]);
  const adapted = answers(["O", "O"], ["B-person", "O", "B-artist"], ["O", "O", "O"]);

  it("groups mentions of another type within the same borders, and counts those that adapting resolves", () => {
    const found = confusions(sentences, [source, adapted], 1);
    assert.deepEqual(
      found.map(({ source: from, gold, mentions, resolved }) => [from, gold, mentions, resolved]),
      [
        ["person", "artist", 2, 50],
        ["person", "band", 1, 0],
      ],
    );
    assert.deepEqual(confusions(sentences, [source, adapted], 3), []);
  });

  it("shows a line for each, with what speaks for the example", () => {
    const [first] = confusions(sentences, [source, adapted], 2);
    const effects = { mention: 1.25, word: "sang", context: -0.5 };
    const text = caseStudyText([{ ...first!, mention: "Nina", text: "Nina sang", effects }]);
    assert.match(text, /person → artist +2 +50 % +Nina +– +\+1\.3 +sang −0\.5/);
    assert.match(caseStudyText([]), /no type/);
  });
});
