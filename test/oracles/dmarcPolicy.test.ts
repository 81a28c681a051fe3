// mailauth reads the same policy as we do in DMARC records that nobody made with care. Does not prove that both are
// right: test/unit/mail/dns holds what RFC 9989 says.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isDmarc, parseDmarc } from "../../mail/dns/dmarc/record.ts";
import { DMARC_IN_THE_WILD, mutated } from "../fuzz/records.ts";

/** What mailauth reads, as far as it is compared. */
interface Mailauth {
  parseDmarcRecord(text: string, options: { warnings: Set<string> }): object | null;
  getPolicyTags(record: object): { p: string } | null;
}

const RECORDS = 30_000;

describe("the policy of a DMARC record", () => {
  it(`is the one that mailauth reads, in ${RECORDS} records`, () => {
    const { parseDmarcRecord, getPolicyTags }: Mailauth = createRequire(import.meta.url)(
      "mailauth/lib/dmarc/get-dmarc-record.js",
    );
    let compared = 0;
    const check = (text: string): void => {
      // mailauth trims spaces that are none in ASCII, and takes "np" alone for an "np" that is not valid.
      if (!isDmarc(text) || /[^ -~]/.test(text) || /;\s*(?:p|sp|np)\s*(?:;|$)/i.test(text)) return;
      const warnings = new Set<string>();
      const record = parseDmarcRecord(text, { warnings });
      // With a tag twice a record is none (RFC 6376 section 3.2); mailauth takes the last one.
      if (warnings.has("duplicate-tag")) return;
      const { policy, problems } = parseDmarc(text);
      const isBroken = problems.some(({ severity }) => severity === "error");
      assert.equal(isBroken ? undefined : policy, record ? getPolicyTags(record)?.p : undefined);
      compared += 1;
    };
    fc.assert(fc.property(mutated(DMARC_IN_THE_WILD), check), { numRuns: RECORDS, seed: 20261128 });
    assert.ok(compared > RECORDS / 5, `${compared} records were compared`);
  });
});
