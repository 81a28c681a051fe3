// What doctor says of a zone at Cloudflare, an outcome a row.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeZone, type ZoneSeen } from "../../../../mail/doctor/network/zone.ts";

const good: ZoneSeen = {
  domain: "mail.contoso.com",
  zone: "contoso.com",
  isActive: true,
  mayRead: true,
  nameServers: ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
};

const CASES: readonly (readonly [Partial<ZoneSeen>, string, RegExp])[] = [
  [{}, "ok", /^mail\.contoso\.com: the token reads the records of the active zone contoso\.com/],
  [{ zone: undefined, isActive: false }, "error", /sees no zone of mail\.contoso\.com/],
  [{ isActive: false }, "error", /the zone contoso\.com is not active/],
  [{ mayRead: false }, "error", /may not read the records of contoso\.com/],
  [{ nameServers: undefined }, "unknown", /could not be looked up/],
  [{ nameServers: ["ns1.contoso.com"] }, "warning", /include ns1\.contoso\.com/],
  [{ nameServers: [] }, "warning", /include no name server at all/],
];

describe("a zone at Cloudflare", () => {
  for (const [change, severity, words] of CASES) {
    it(`is judged: ${severity}, ${words.source}`, () => {
      const finding = judgeZone({ ...good, ...change });
      assert.equal(finding.severity, severity);
      assert.match(finding.what, words);
    });
  }
});
