// Each parser of mail's DNS records with records that nobody made with care. Each run draws others: FUZZ_INPUTS says how
// many, FUZZ_SEED which; a failure prints the smallest record that fails, and seed and path to replay it. What it does not
// prove: that what is read is what was meant; test/unit/mail/dns and the suites in test/oracles do.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { describe, it } from "node:test";
import fc, { type Arbitrary } from "fast-check";
import { parseDkimKey } from "../../mail/dns/dkim/key.ts";
import { adoptDmarc } from "../../mail/dns/dmarc/change.ts";
import { DMARC_VERSION } from "../../mail/dns/dmarc/problems.ts";
import { AS_NONE, isDmarc, isSameDmarc, parseDmarc } from "../../mail/dns/dmarc/record.ts";
import { mergeSpf, withdrawSpf } from "../../mail/dns/spf/merge.ts";
import { isSpf, parseSpf, SPF_VERSION } from "../../mail/dns/spf/parse.ts";
import { quoteTxt, unquoteTxt } from "../../mail/dns/txt.ts";
import { passedOverProblem } from "../../mail/dns/version.ts";
import {
  DKIM_IN_THE_WILD,
  DMARC_IN_THE_WILD,
  mutated,
  readableSpf,
  SPF_IN_THE_WILD,
  someOfOurs,
  TXT_IN_THE_WILD,
} from "./records.ts";

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 100_000);
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));

/** Tries a check with so many inputs. */
function fuzz<Input>(name: string, inputs: Arbitrary<Input>, check: (input: Input) => void): void {
  it(`${name}, ${INPUTS} times`, () => {
    assert.ok(INPUTS >= 1, "FUZZ_INPUTS has to be 1 or more");
    const began = performance.now();
    fc.assert(fc.property(inputs, check), { numRuns: INPUTS, seed: SEED });
    const perSecond = Math.round((1000 * INPUTS) / (performance.now() - began));
    console.log(`fuzz: ${name}: ${INPUTS} inputs of seed ${SEED}, ${perSecond}/s`);
  });
}

/** A record that is passed over is none of its kind, and a whole record that is its fix is one without a fault. */
function checkPassedOver(text: string): void {
  for (const kind of [SPF_VERSION, DMARC_VERSION]) {
    const problem = passedOverProblem("", text, kind);
    if (problem === undefined) continue;
    assert.ok(!kind.isRecord(text) && problem.rule.length > 20, problem.rule);
    const fixed = /^change it to "(.*)"$/s.exec(problem.fix)?.[1];
    if (fixed !== undefined) assert.ok(kind.isRecord(fixed) && kind.isFine(fixed), fixed);
  }
}

// A function is checked with the inputs of the parser that it is about, in the same run.
describe("fuzz", () => {
  fuzz("unquoteTxt", mutated(TXT_IN_THE_WILD), (content) => {
    const text = unquoteTxt(content);
    assert.equal(unquoteTxt(quoteTxt(text)), text.toWellFormed());
    // What UTF-8 can say comes back from octets.
    if (content.isWellFormed()) assert.equal(unquoteTxt(quoteTxt(content)), content);
  });

  fuzz("parseSpf, passedOverProblem", mutated(SPF_IN_THE_WILD), (text) => {
    const { terms, problems } = parseSpf(text);
    let last = -1;
    for (const term of terms) {
      if (term.position <= last || !text.startsWith(term.text, term.position)) {
        assert.fail(`${JSON.stringify(term)} is not in ${JSON.stringify(text)}`);
      }
      last = term.position;
    }
    if (!isSpf(text)) assert.ok(problems.some(({ severity }) => severity === "error"));
    checkPassedOver(text);
  });

  fuzz(
    "mergeSpf, withdrawSpf",
    fc.tuple(fc.oneof(readableSpf(), mutated(SPF_IN_THE_WILD)), someOfOurs()),
    ([text, ours]) => {
      const merged = mergeSpf(text, ours);
      assert.equal(withdrawSpf(merged.text, merged.added, false), text);
      if (merged.text !== text) assert.equal(mergeSpf(merged.text, ours).text, merged.text);
    },
  );

  fuzz(
    "parseDmarc, passedOverProblem, isSameDmarc, adoptDmarc",
    mutated(DMARC_IN_THE_WILD),
    (text) => {
      const { tags, problems } = parseDmarc(text);
      for (const tag of tags) assert.ok(text.startsWith(tag.text, tag.position));
      checkPassedOver(text);
      assert.ok(isSameDmarc(text, text));
      const change = { policy: "reject", rua: ["dmarc@contoso.com"], testing: false } as const;
      const adopted = adoptDmarc(text, change);
      if (!isDmarc(text)) {
        assert.ok(problems.some(({ severity }) => severity === "error"));
        assert.equal(adopted, text);
        return;
      }
      assert.ok(isSameDmarc(text, text.replaceAll(";", " ; ")));
      if (adopted !== text) assert.equal(adoptDmarc(adopted, change), adopted);
      const after = parseDmarc(adopted);
      // Other tags that receivers don't know make p=none of it, or break it, which is said.
      const isHeld = after.problems.some(
        ({ severity, rule }) => severity === "error" || rule.endsWith(AS_NONE),
      );
      if (!isHeld) assert.equal(after.policy, "reject");
    },
  );

  fuzz("parseDkimKey", mutated(DKIM_IN_THE_WILD), (text) => {
    const { tags, bits, revoked } = parseDkimKey(text);
    for (const tag of tags) assert.ok(text.startsWith(tag.text, tag.position));
    assert.ok(bits === undefined || bits > 0);
    assert.ok(!(revoked && bits !== undefined));
  });
});
