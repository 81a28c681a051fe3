// The page of a report, read by a validator of HTML that knows WCAG's rules. How a browser shows it: test/browser.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { HtmlValidate } from "html-validate";
import { toHtml } from "../../../../mail/verification/html.ts";
import type { VerificationReport } from "../../../../mail/verification/verification.ts";
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

const validator = new HtmlValidate({
  extends: ["html-validate:recommended", "html-validate:document"],
  rules: {
    // The rows of tables become blocks on a narrow screen, which takes their roles away.
    "no-redundant-role": "off",
    "prefer-native-element": "off",
    "long-title": "off",
    "no-trailing-whitespace": "off",
  },
});

/** A page, which is valid. */
async function written(report: VerificationReport): Promise<string> {
  const page = toHtml(report);
  const { results } = await validator.validateString(page);
  const found = results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`),
  );
  assert.deepEqual(found, []);
  return page;
}

const tagsOf = (page: string): string[] => page.match(/<\/?[a-z][^\s>]*/g) ?? [];

describe("the page of a report", () => {
  const relayed = { ...arrived(sample("gmail-relayed")), handover };

  it("tells what does not apply, and has nothing to fix for it", async () => {
    const page = await written(reportOf(inside));
    assert.match(page, /<p class="note">DKIM, Sending pool do not apply: the message stayed/);
    assert.doesNotMatch(page, /What to fix/);
    assert.match(page, /<span class="badge not-applicable">/);
  });

  it("is valid, runs and loads nothing, and allows its style alone", async () => {
    const page = await written(reportOf(relayed, refused));
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    assert.ok(
      page.includes(
        `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
      ),
    );
    assert.doesNotMatch(
      page,
      /<(?:script|img|link|iframe|object|embed|form|svg)|\s(?:src|style|on\w+)=|@import|url\(/i,
    );
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    assert.deepEqual(links, ["#message-1", "#message-2"]);
  });

  it("says of each message the result, and of what failed the resource, the reason and the fix", async () => {
    const page = await written(reportOf(relayed, refused));
    assert.match(page, /0 of 2 messages passed, 1 failed, 1 is unknown/);
    for (const said of [
      "relay-scanner-connector",
      "no connector of the tenant matches the address",
      "see docs/how-to/find-out-why-5.7.64.md",
      "EHLO erp.contoso.com",
    ]) {
      assert.ok(page.includes(said), said);
    }
    const words = page.match(/> (?:PASS|FAIL|UNKNOWN)</g) ?? [];
    assert.ok(words.length >= relayed.judged.length + refused.judged.length);
  });

  it("marks what is believed, and labels what stands below the border as not trusted", async () => {
    const forged = sample("gmail-forged-below");
    const page = await written(reportOf(arrived(forged)));
    const runs = page
      .split('<section class="fields ')
      .slice(1)
      .map((run) => run.split("</section>")[0] ?? "");
    const kinds = runs.map((run) => run.split('"')[0]);
    assert.ok(kinds.includes("border") && kinds.includes("untrusted"));
    for (const run of runs) {
      const isUntrusted = run.startsWith("untrusted");
      assert.equal(run.includes("Not trusted"), isUntrusted);
      if (isUntrusted) assert.ok(!run.includes("<mark>"));
    }
    const believed = runs.filter(
      (run) => /<b>Authentication-Results:/.test(run) && run.includes("<mark>"),
    );
    assert.equal(believed.length, 1);
    assert.match(believed[0] ?? "", /<mark>spf=\w+<\/mark>/);
  });

  for (const [what, hostile] of Object.entries(HOSTILE)) {
    it(`has the same elements whatever others write: ${what}`, async () => {
      const page = await written(reportOf(filledWith(hostile)));
      assert.deepEqual(new Set(tagsOf(page)), new Set(tagsOf(toHtml(reportOf(filledWith("x"))))));
      assert.doesNotMatch(page, /(?!\n)\p{Cc}|\p{Cf}|\p{Noncharacter_Code_Point}/u);
    });
  }

  it("is bounded, however long what others write is, and says what is left out", () => {
    const page = toHtml(reportOf(filledWith("<".repeat(10_000_000))));
    assert.ok(page.length < 500_000);
    assert.match(page, /\[9999000 more characters\]/);
    const loop = "Received: from a (a [203.0.113.1]) by b with ESMTP; x\n".repeat(10_000);
    const fields = `X-Y: ${"&".repeat(100_000)}\n`.repeat(100);
    const crowded = toHtml(reportOf(arrived(loop), arrived(fields)));
    assert.ok(crowded.length < 3_000_000);
    assert.match(crowded, /9600 more fields are left out/);
    assert.match(crowded, /\[98000 more characters\]/);
    const line = { by: "server", ms: 1, text: "x" } as const;
    const long = { ...handover, dialogue: Array.from({ length: 1000 }, () => line) };
    assert.match(toHtml(reportOf({ ...refused, handover: long })), /700 more lines are left out/);
  });
});
