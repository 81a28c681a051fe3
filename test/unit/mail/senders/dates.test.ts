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
const there: Sender = { ...plant, environment: "china" };
const fax: Sender = { ...plant, name: "fax" };
const intranet: Sender = { ...plant, name: "intranet", external: 0, method: "highVolumeEmail" };
const edi: Sender = {
  ...shop,
  name: "edi",
  authentication: ["certificate"],
  certificateName: "edi.contoso.com",
};
const gate: Sender = { ...edi, authentication: ["staticIp"], egress: ["198.51.100.7"] };
const all = [shop, plant, fax, intranet, edi, gate];

/** A time so many days before the change. */
const before = ({ date }: AnnouncedChange, days: number) =>
  new Date(Date.parse(date) - days * 24 * 60 * 60 * 1000);

describe("announcedNotices", () => {
  it("says nothing of a cloud of which nothing is announced, and the list of senders says what is not known", () => {
    assert.deepEqual(announcedNotices([there], new Date("2030-01-01")), []);
    assert.deepEqual(announcedFor(there), [
      "at the end of December 2026 Microsoft disables basic authentication for client submission by default in the worldwide cloud (unproven: whether and when in other clouds: the message is for the worldwide one); move to OAuth or a connector before then: docs/how-to/send-with-a-password.md says how",
    ]);
  });

  it("tells of the end of passwords from 90 days before on, in one sentence for all, and afterwards", () => {
    const { passwordOff } = ANNOUNCED;
    assert.deepEqual(announcedNotices(all, before(passwordOff, TOLD_DAYS)), []);
    const off =
      "with a password (basic authentication): at the end of December 2026 Microsoft disables basic authentication for client submission by default (administrators of existing tenants can enable it again, new tenants cannot); move to OAuth or a connector before then: docs/how-to/send-with-a-password.md says how";
    assert.deepEqual(announcedNotices(all, before(passwordOff, TOLD_DAYS - 1)), [
      `senders "plant", "fax" sign in ${off}`,
    ]);
    assert.deepEqual(announcedNotices([plant], before(passwordOff, -400)), [
      `sender "plant" signs in ${off}`,
      'sender "plant" signs in with a password (basic authentication): in the second half of 2027 Microsoft announces the day on which it removes basic authentication for client submission; move to OAuth or a connector before then: docs/how-to/send-with-a-password.md says how',
    ]);
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
    const without = "issues certificates without the extended key usage clientAuth";
    assert.deepEqual(announcedFor(edi), [
      `from 2026-07-08 on Let's Encrypt ${without}; from 2027-02-10 on Sectigo ${without}; from 2027-03-01 on DigiCert ${without} (unproven: whether Exchange Online takes a certificate without it); Windows and .NET present no certificate without it, so look for it in a certificate that is renewed after that, and run npm run verify`,
    ]);
    assert.deepEqual(announcedFor(gate), []);
  });
  it("has whom a change of a certificate authority concerns, and where that was read", () => {
    const { concerns, ...change } = ANNOUNCED.sectigoClientAuth;
    assert.deepEqual(all.filter(concerns), [edi]);
    assert.deepEqual(change, {
      date: "2027-02-10",
      source: "https://comparecheapssl.com/?p=12632",
      read: "2026-11-29",
      when: "from 2027-02-10 on",
      what: "Sectigo issues certificates without the extended key usage clientAuth",
      who: ["presents a certificate", "present certificates"],
      fix: "Windows and .NET present no certificate without it, so look for it in a certificate that is renewed after that, and run npm run verify",
      unproven: "whether Exchange Online takes a certificate without it",
    });
    assert.equal(ANNOUNCED.passwordOff.read, "2026-11-29");
    assert.equal(
      ANNOUNCED.passwordOff.source,
      "https://app.cloudscout.one/evergreen-item/MC786329",
    );
  });
  it("leaves out no change: each concerns a sender", () => {
    for (const [id, change] of Object.entries<AnnouncedChange>(ANNOUNCED)) {
      assert.ok([...all, there].some(change.concerns), id);
      assert.match(change.date, /^20\d\d-\d\d-\d\d$/);
      assert.match(change.source, /^https:/);
    }
  });
});
