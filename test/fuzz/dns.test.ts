// Each parser of mail's DNS records with a million records that nobody made with care. FUZZ_INPUTS says how many,
// FUZZ_SEED which. What it does not prove: that what is read is what was meant; test/unit/mail/dns and the suites in
// test/oracles do.

import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { parseDkimKey } from "../../mail/dns/dkim/key.ts";
import { adoptDmarc } from "../../mail/dns/dmarc/change.ts";
import { isDmarc, parseDmarc } from "../../mail/dns/dmarc/record.ts";
import { mergeSpf, withdrawSpf } from "../../mail/dns/spf/merge.ts";
import { isSpf, parseSpf } from "../../mail/dns/spf/parse.ts";
import { quoteTxt, unquoteTxt } from "../../mail/dns/txt.ts";
import { type Random, seeded } from "./random.ts";
import {
  DKIM_IN_THE_WILD,
  DMARC_IN_THE_WILD,
  mutated,
  readableSpf,
  SPF_IN_THE_WILD,
  someOfOurs,
  TXT_IN_THE_WILD,
} from "./records.ts";

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 1_000_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20261123);

/** Tries `check` with so many seeds; the first that fails is told, so that it can be tried alone. */
function fuzz(name: string, check: (random: Random) => void): void {
  it(`${name}, ${INPUTS} times`, (context: TestContext) => {
    assert.ok(INPUTS >= 1, "FUZZ_INPUTS has to be 1 or more");
    const start = performance.now();
    for (let index = 0; index < INPUTS; index++) {
      try {
        check(seeded(SEED + index));
      } catch (error) {
        throw new Error(`seed ${SEED + index}: ${(error as Error).message}`, { cause: error });
      }
    }
    const perSecond = Math.round((1000 * INPUTS) / (performance.now() - start));
    context.diagnostic(`${name}: ${perSecond} inputs/s`);
    console.log(`fuzz: ${name}: ${INPUTS} inputs, ${perSecond}/s`);
  });
}

/** Whether a text is what UTF-8 can say, so that it comes back from octets. */
const isText = (text: string) => text.isWellFormed();

describe("fuzz", () => {
  fuzz("unquoteTxt", (random) => {
    const content = mutated(random, TXT_IN_THE_WILD);
    const text = unquoteTxt(content);
    assert.equal(unquoteTxt(quoteTxt(text)), text.toWellFormed());
    if (isText(content)) assert.equal(unquoteTxt(quoteTxt(content)), content);
  });

  fuzz("parseSpf", (random) => {
    const text = mutated(random, SPF_IN_THE_WILD);
    const { terms, problems } = parseSpf(text);
    let last = -1;
    for (const term of terms) {
      if (term.position <= last || !text.startsWith(term.text, term.position)) {
        assert.fail(`${JSON.stringify(term)} does not stand in ${JSON.stringify(text)}`);
      }
      last = term.position;
    }
    if (!isSpf(text)) assert.ok(problems.some(({ severity }) => severity === "error"));
  });

  fuzz("mergeSpf and withdrawSpf", (random) => {
    const text = random.chance(2) ? readableSpf(random) : mutated(random, SPF_IN_THE_WILD);
    const ours = someOfOurs(random);
    const merged = mergeSpf(text, ours);
    assert.equal(withdrawSpf(merged.text, merged.added, false), text);
    if (random.chance(4)) assert.equal(mergeSpf(merged.text, ours).text, merged.text);
  });

  fuzz("parseDmarc", (random) => {
    const text = mutated(random, DMARC_IN_THE_WILD);
    const { tags, problems } = parseDmarc(text);
    for (const tag of tags) assert.ok(text.startsWith(tag.text, tag.position));
    if (!isDmarc(text)) assert.ok(problems.some(({ severity }) => severity === "error"));
    if (!random.chance(8)) return;
    const wish = { policy: "reject", rua: ["dmarc@contoso.com"], testing: false } as const;
    const adopted = adoptDmarc(text, wish);
    assert.equal(adoptDmarc(adopted, wish), adopted);
    if (isDmarc(text)) assert.equal(parseDmarc(adopted).policy, "reject");
  });

  fuzz("parseDkimKey", (random) => {
    const text = mutated(random, DKIM_IN_THE_WILD);
    const { tags, bits, revoked } = parseDkimKey(text);
    for (const tag of tags) assert.ok(text.startsWith(tag.text, tag.position));
    assert.ok(bits === undefined || bits > 0);
    assert.ok(!(revoked && bits !== undefined));
  });
});
