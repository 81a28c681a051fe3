// A report as Markdown, read by a parser of CommonMark with GitHub's tables. Does not prove what GitHub shows.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import MarkdownIt from "markdown-it";
import { toMarkdown } from "../../../../mail/verification/markdown.ts";
import { CHECK_NAMES } from "../../../../mail/verification/outcome.ts";
import {
  arrived,
  filledWith,
  HOSTILE,
  handover,
  inside,
  refused,
  reportOf,
  sample,
} from "./verifications.ts";

const parser = new MarkdownIt({ html: true, linkify: true });
const ENOUGH = 65_536;

describe("a report as Markdown", () => {
  const relayed = { ...arrived(sample("gmail-relayed")), handover };
  const text = toMarkdown(reportOf(relayed, refused), ENOUGH);

  it("says first how many messages passed, and of each what is to be mended", () => {
    assert.match(
      text,
      /^## Test messages of stack `prod`\n\n2026-11-23 10:01:00 UTC: 0 of 2 messages passed, 1 failed, 1 is unknown\.\n/,
    );
    assert.match(
      text,
      /\| `scanner` \| by its address \| \*\*FAIL\*\* \| Handover \(`relay-scanner-connector`\) \|/,
    );
    assert.match(
      text,
      /- \*\*FAIL\*\* Handover \(`relay-scanner-connector`\): no connector .* Fix: see docs\/how-to/,
    );
    assert.match(text, /- \*\*UNKNOWN\*\* Placement: /);
  });

  it("tells what does not apply in one line, and counts the message as passed", () => {
    const told = toMarkdown(reportOf(inside), ENOUGH);
    assert.match(told, /: 1 of 1 message passed\.\n/);
    assert.match(told, /^DKIM, Sending pool do not apply: the message stayed in the tenant.*$/m);
    assert.doesNotMatch(told, /^- /m);
  });

  it("has a row for each hop, the dialogue, and each verdict", () => {
    assert.match(
      text,
      /\| Receiver \| `mx\.google\.com` \(normal pool\) \| 2026-11-23 10:00:04 UTC \| 1 s \| TLS 1\.3, TLS\\_AES/,
    );
    assert.match(text, /\n {4}40 ms {2}S: 220 AMS1EPF/);
    for (const { check } of relayed.judged) assert.ok(text.includes(`| ${CHECK_NAMES[check]} |`));
  });

  for (const [what, hostile] of Object.entries(HOSTILE)) {
    it(`has no markup, link or mention out of ${what}`, () => {
      const plain = parser.parse(toMarkdown(reportOf(filledWith("x")), ENOUGH), {});
      const tokens = parser.parse(toMarkdown(reportOf(filledWith(hostile)), ENOUGH), {});
      const kinds = (all: typeof tokens) => all.map(({ type, tag }) => `${type} ${tag}`);
      assert.deepEqual(kinds(tokens), kinds(plain));
      const inline = tokens.flatMap(({ children }) => children ?? []);
      const known = new Set([
        "text",
        "code_inline",
        "strong_open",
        "strong_close",
        "html_inline",
        "text_special",
      ]);
      assert.deepEqual(
        inline.filter(({ type }) => !known.has(type)),
        [],
      );
      const html = [...tokens, ...inline].filter(({ type }) => /^html/.test(type));
      for (const { content } of html)
        assert.match(
          content,
          /^(?:<\/?(?:details|summary)>|<summary>.*<\/summary>|<details>\n<summary>[^<>]*<\/summary>|\s)+$/,
        );
    });
  }

  it("is no longer than it may be, however long what others wrote is, and says what is left out", () => {
    const long = filledWith("x".repeat(100_000));
    for (const count of [1, 10, 60]) {
      const cut = toMarkdown(reportOf(...Array.from({ length: count }, () => long)), ENOUGH);
      assert.ok(cut.length <= ENOUGH);
      assert.ok(cut.includes("[99700 more characters]"));
      assert.equal(cut.includes("can't be longer; the page that --html writes"), count > 1);
    }
  });
});
