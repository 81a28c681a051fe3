// What is told of announced changes, to whom and when.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ANNOUNCED,
  type AnnouncedChange,
  announcedFor,
  announcedNotices,
  TOLD_DAYS,
} from "../../../../mail/senders/dates.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  name: "shop",
  from: ["orders@contoso.com"],
  authentication: ["oauth"],
  egress: [],
  ...DEFAULTS,
};
const plant: Sender = { ...shop, name: "plant", authentication: ["password"] };
const fax: Sender = { ...plant, name: "fax" };
const intranet: Sender = { ...plant, name: "intranet", external: 0, method: "highVolumeEmail" };
const edi: Sender = {
  ...shop,
  name: "edi",
  authentication: ["certificate"],
  certificateName: "edi.contoso.com",
};
const all = [shop, plant, fax, intranet, edi];

/** A time so many days before the change. */
const before = ({ date }: AnnouncedChange, days: number) =>
  new Date(Date.parse(date) - days * 24 * 60 * 60 * 1000);

describe("announcedNotices", () => {
  it("tells of the end of passwords from 90 days before on, in one sentence for all, and afterwards", () => {
    const { passwordOff } = ANNOUNCED;
    assert.deepEqual(announcedNotices(all, before(passwordOff, TOLD_DAYS)), []);
    const [text = "", ...others] = announcedNotices(all, before(passwordOff, TOLD_DAYS - 1));
    assert.match(
      text,
      /^senders "plant", "fax" sign in with a password .*: at the end of December 2026 Microsoft disables .*; move to OAuth/,
    );
    assert.deepEqual(others, []);
    assert.match(
      announcedNotices([plant], before(passwordOff, -400))[0] ?? "",
      /^sender "plant" signs in with a password/,
    );
  });
  it("tells senders with High Volume Email of theirs", () => {
    const { highVolumePasswordEnd: end } = ANNOUNCED;
    assert.deepEqual(announcedNotices([intranet], before(end, TOLD_DAYS)), []);
    assert.match(announcedNotices([intranet], before(end, 1)).join(), /^sender "intranet" .*2028/);
    assert.deepEqual(announcedNotices([{ ...shop, external: 0 }], before(end, 1)), []);
    const either = { ...intranet, authentication: ["oauth", "password"] as const };
    assert.match(announcedNotices([either], before(end, 1)).join(), /^sender "intranet" .*2028/);
  });
  it("warns of nothing that nobody proves to stop mail", () =>
    assert.deepEqual(announcedNotices([shop, edi], new Date("2030-01-01")), []));
});

describe("announcedFor", () => {
  it("has all that is announced for a sender, with what is unproven", () => {
    assert.deepEqual(announcedFor(shop), []);
    assert.deepEqual(announcedFor(plant), [
      "at the end of December 2026 Microsoft disables basic authentication for client submission by default (administrators of existing tenants can enable it again, new tenants cannot); in the second half of 2027 Microsoft announces the day on which it removes basic authentication for client submission; move to OAuth or a connector before then: docs/how-to/send-with-a-password.md says how",
    ]);
    assert.match(
      announcedFor(edi).join("\n"),
      /^from 2026-07-08 on Let's Encrypt .*; from 2027-02-10 on Sectigo .*; from 2027-03-01 on DigiCert issues certificates without the extended key usage clientAuth \(unproven: whether [^()]*\); Windows .*$/,
    );
  });
  it("leaves out no change: each concerns a sender", () => {
    for (const [id, change] of Object.entries<AnnouncedChange>(ANNOUNCED)) {
      assert.ok(all.some(change.concerns), id);
      assert.match(change.date, /^20\d\d-\d\d-\d\d$/);
      assert.match(change.source, /^https:/);
    }
  });
});
