import assert from "node:assert/strict";
import { describe, it } from "node:test";
import MarkdownIt from "markdown-it";
import { toMarkdown } from "../../../../mail/review/markdown.ts";
import type { StackPreview } from "../../../../mail/review/preview.ts";
import { reviewStack } from "../../../../mail/review/review.ts";
import { LONGEST_TEXT } from "../../../../scripts/github/text.ts";
import { preview, relaying, resource, submitting } from "./previews.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const markdownOf = (...previews: StackPreview[]) =>
  toMarkdown(
    previews.map((one) => reviewStack(one, NOW)),
    LONGEST_TEXT,
  );

/** As GitHub shows a text: HTML but for what a reader opens is none, and neither are links that we did not write. */
const shown = (text: string): string => new MarkdownIt({ html: true, linkify: false }).render(text);

const many = (count: number, suffix = "") =>
  Array.from({ length: count }, (_, index) => `d${index}${suffix}.example`);

/** A change of so many domains. */
const ofDomains = (count: number, printed = "") =>
  preview({
    printed,
    outputs: {
      before: { senders: {}, dns: {} },
      after: {
        senders: {},
        dns: Object.fromEntries(many(count).map((name) => [name, { dmarc: { policy: "none" } }])),
      },
    },
    resources: many(count).map((domain) =>
      resource("SpfRecord", `relay-${domain}-spf`, {
        after: { domain, before: "", after: "v=spf1 ~all", lookUps: ["0 of 10 look-ups"] },
      }),
    ),
  });

describe("a report in Markdown", () => {
  it("is one line for a stack that does not change", () => {
    assert.equal(
      markdownOf(preview()),
      "## What this change means for mail\n\n- `prod`: no change; nothing stops working. Risk: none.\n".replace(
        "; nothing stops working",
        "",
      ),
    );
  });

  for (const count of [1, 40, 400, 4_000]) {
    it(`of ${count} domains and a long preview is no longer than a comment, and says what is left out`, () => {
      const printed = Array.from({ length: count }, (_, line) => `${line} ${"x".repeat(90)}`).join(
        "\n",
      );
      const text = markdownOf(ofDomains(count, printed));
      assert.ok(text.length <= LONGEST_TEXT, `${text.length}`);
      assert.equal(/left out/.test(text), count >= 400);
      assert.match(text, new RegExp(`prod.*${count.toLocaleString("en-US")} domains? added`));
      assert.doesNotMatch(shown(text).replace(/<pre>[\s\S]*?<\/pre>/g, ""), /```|^\+ /m);
      assert.equal(text.split("<details>").length, text.split("</details>").length);
    });
  }

  for (const count of [20, 200]) {
    it(`of ${count} stacks with long previews is no longer than a comment, and names what is left out`, () => {
      const text = markdownOf(
        ...Array.from({ length: count }, (_, index) => ({
          ...ofDomains(1, Array.from({ length: 400 }, () => "x".repeat(90)).join("\n")),
          stack: `stack-${index}`,
        })),
      );
      assert.ok(text.length <= LONGEST_TEXT, `${text.length}`);
      assert.match(text, /^Pulumi's preview of stack-\d+, .* and \d+ more: left out, .*\.\n$/m);
    });
  }

  it("closes a block of records that it cuts", () => {
    const written = { before: "", after: `v=spf1 exp=${"`".repeat(4)} ~all` };
    const records = many(12).map((domain) =>
      resource("SpfRecord", `relay-${domain}-spf`, {
        after: { ...written, domain, lookUps: ["x".repeat(6_000)] },
      }),
    );
    const text = markdownOf(preview({ resources: records }));
    assert.ok(text.length <= LONGEST_TEXT, `${text.length}`);
    assert.match(text, /\n`{5}\n\nThe rest is left out: /);
    assert.match(shown(text), /<p>The rest is left out: /);
  });

  it("cuts the preview before the table of resources, and that before what is not folded", () => {
    const text = markdownOf(ofDomains(40, "x".repeat(100_000)));
    assert.match(text, /Pulumi's preview of prod: left out/);
    assert.match(text, /\| create \| SpfRecord \| `relay-d39\.example-spf` \|/);
  });

  it("says once what two stacks have in common", () => {
    const change = {
      outputs: {
        before: { senders: { erp: relaying({ egress: ["198.51.100.7"] }) }, dns: {} },
        after: {
          senders: { erp: relaying({ egress: ["198.51.100.7", "198.51.100.8"] }) },
          dns: {},
        },
      },
    };
    const text = markdownOf(preview({ ...change, stack: "test" }), preview(change));
    assert.equal(text.match(/anybody at 198\.51\.100\.8/g)?.length, 1);
    assert.match(text, /\| `test`, `prod` \| `erp` \*\*\(may do more\)\*\* \|/);
  });

  it("has no markup, mention or HTML of a name in it", () => {
    const name = "a|b`c<img src=x>@octocat*_";
    const text = markdownOf(
      preview({
        outputs: {
          before: { senders: {}, dns: {} },
          after: { senders: { shop: submitting({ mailbox: name, from: [name] }) }, dns: {} },
        },
        errors: [`it is "${name}" [link](https://example.com) &commat;octocat &#64;octocat $1$`],
        resources: [resource("SharedMailbox", name, { after: {} })],
        printed: "```\n</details> @octocat",
      }),
    );
    const outside = shown(text)
      .replace(/<pre>[\s\S]*?<\/pre>/g, "")
      .replace(/<code>[^<]*<\/code>/g, "");
    assert.doesNotMatch(outside, /@octocat|<img|<a /);
    assert.match(text, /\\\$1\\\$/);
    const cells = shown(text)
      .match(/<tr>[\s\S]*?<\/tr>/g)
      ?.map((row) => row.match(/<t[hd]>/g)?.length);
    assert.deepEqual(cells, [6, 6, 4, 4]);
    assert.match(text, /````\n```\n<\/details> @octocat\n````/);
  });
});
