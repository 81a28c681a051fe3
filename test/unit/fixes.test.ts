// Follows every fix of every refusal once: no message may advise what another rule refuses. Stack files are in
// badConfigs.ts; here are the tenant and the zones.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ConfigError, readConfig } from "../../config/read.ts";
import { BAD_CONFIGS, goodConfig } from "../badConfigs.ts";
import { connectorFixes } from "../fixes/connectorFixes.ts";
import { dmarcFixes } from "../fixes/dmarcFixes.ts";
import { fenceFixes } from "../fixes/fenceFixes.ts";
import { followFixes, type Refusal } from "../fixes/follow.ts";
import { highVolumeFixes } from "../fixes/highVolumeFixes.ts";
import { mailboxFixes } from "../fixes/mailboxFixes.ts";
import { moveFixes } from "../fixes/moveFixes.ts";
import { priceFixes } from "../fixes/priceFixes.ts";
import { ruleTexts } from "../fixes/ruleTexts.ts";
import { senderFixes } from "../fixes/senderFixes.ts";
import { serviceFixes } from "../fixes/serviceFixes.ts";
import { spfFixes } from "../fixes/spfFixes.ts";
import { zoneFixes } from "../fixes/zoneFixes.ts";
import { brokenBy, GUARDRAIL_CASES } from "../guardrailCases.ts";
import { openProviderFixture, type ProviderFixture } from "./providers/fixture.ts";

/** Rules that no row can break, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "is not followed, as the record needs more than … look-ups":
    "a record with so many is refused for more than ten first",
  "is the user of a mailbox that … manages (…, …)": "seen by create alone: userMailbox.test.ts",
  "exists, but not as a CNAME record": "said in pending: dkimSigning.test.ts publishes the CNAME",
};

/** Every refusal that was met. */
const met: string[] = [];

describe("every fix", () => {
  let fixture: ProviderFixture;
  before(async () => {
    fixture = await openProviderFixture("fixes");
  });
  after(() => fixture.close());

  // biome-ignore lint/suspicious/noExplicitAny: each topic has situations of its own
  const topics: [string, () => readonly Refusal<any>[] | Promise<readonly Refusal<any>[]>][] = [
    ["a connector", () => connectorFixes(fixture)],
    ["a mailbox", () => mailboxFixes(fixture)],
    ["a fence", () => fenceFixes(fixture)],
    ["an account of High Volume Email", () => highVolumeFixes(fixture)],
    ["a mailbox that moves", () => moveFixes(fixture)],
    ["a sender's settings", senderFixes],
    ["prices", priceFixes],
    ["another service", serviceFixes],
    ["SPF", spfFixes],
    ["DMARC", dmarcFixes],
    ["a zone", zoneFixes],
  ];
  for (const [what, refusals] of topics) {
    it(`of ${what} leads on`, async (t) => {
      for (const refusal of await refusals()) {
        await t.test(refusal.title, async () => {
          met.push(...(await followFixes(refusal)));
        });
      }
    });
  }

  it("of a mailbox leaves every mailbox where it is", () => {
    const ofMailboxes = met.filter((text) => /^:? ?mailbox of /.test(text));
    assert.ok(ofMailboxes.length > 0);
    for (const text of ofMailboxes) {
      assert.doesNotMatch(text, /remove (it|this|that|the (mailbox|other))\b|delete/, text);
    }
  });

  it("is looked for wherever a rule is written", () => {
    const texts = ruleTexts("mail", "providers").map(({ text }) => text);
    for (const text of [
      // As a property, a variable, an argument, and one of two.
      "is not a domain name",
      "is proxied by Cloudflare, so it answers with addresses instead of its CNAME",
      "is an IPv6 address, but connectors match IPv4 only",
      "has a version that is not DKIM1",
      "is the name of … that … manages (…)",
    ]) {
      assert.ok(texts.includes(text), text);
    }
  });

  it("of every rule is followed, here, in badConfigs.ts or in guardrailCases.ts", () => {
    for (const { spoil } of BAD_CONFIGS) met.push(...problemsOf(spoil));
    for (const { bad } of GUARDRAIL_CASES) met.push(...brokenBy(bad));
    const missing = ruleTexts("mail", "providers")
      .filter(({ pattern, text }) => !(text in ELSEWHERE) && !met.some((one) => pattern.test(one)))
      .map(({ file, text }) => `${file}: ${text}`);
    assert.deepEqual(
      missing,
      [],
      "rules without a row in test/fixes/, test/badConfigs.ts or test/guardrailCases.ts",
    );
  });
});

function problemsOf(spoil: (typeof BAD_CONFIGS)[number]["spoil"]): string[] {
  const config = goodConfig();
  spoil(config);
  const raw = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    readConfig(Object.fromEntries(raw), "lab");
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n").slice(1);
  }
}
