import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toMarkdown } from "../../../../mail/review/markdown.ts";
import { refusalsIn } from "../../../../mail/review/refusals.ts";
import { reviewStack } from "../../../../mail/review/review.ts";
import { preview } from "./previews.ts";

const UNREAD = "Graph GET /domains: sign-in to tenant x failed: AADSTS7000215";
const REFUSED = 'sender "shop": is protected; put it back';

describe("why a preview ends", () => {
  it("has every problem of a configuration on its own, each once", () => {
    const head = '2 problems in the configuration of stack "prod":';
    assert.deepEqual(
      refusalsIn([
        `${head}\n  senders: a; b\n  domains: c; d`,
        `${head}\n  senders: a; b\n  domains: c; d`,
      ]),
      ["senders: a; b", "domains: c; d"],
    );
  });

  it("does not name the resource that says it", () => {
    const error = `pulumi-nodejs:dynamic/m365-smtp-relay:Survey resource 'relay-survey' has a problem: ${REFUSED}`;
    assert.deepEqual(refusalsIn([error, "Preview failed: two\nlines"]), [
      REFUSED,
      "Preview failed: two\nlines",
    ]);
  });

  for (const { errors, label, headings } of [
    { errors: [REFUSED], label: "REFUSED", headings: ["Why it is refused"] },
    { errors: [UNREAD], label: "UNKNOWN", headings: ["What could not be read"] },
    {
      errors: [UNREAD, REFUSED],
      label: "REFUSED",
      headings: ["Why it is refused", "What could not be read"],
    },
    {
      errors: ["Cloudflare: the records of zone z could not be read: Invalid access token"],
      label: "UNKNOWN",
      headings: ["What could not be read"],
    },
  ]) {
    it(`is ${label} for ${errors.map((one) => one.slice(0, 12)).join(" and ")}`, () => {
      const text = toMarkdown([reviewStack(preview({ errors }), new Date())], 60_000);
      assert.match(text, new RegExp(`^- \`prod\`: .* Risk: \\*\\*${label}\\*\\*\\.$`, "m"));
      assert.deepEqual(
        [...text.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading),
        headings,
      );
    });
  }
});
