import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NEAR_SOME_LIMIT, tenantUsage, type Usage } from "../../../../mail/senders/headroom.ts";
import { LIMITS } from "../../../../mail/senders/limits.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import {
  aboveText,
  headroomNotices,
  shownUsage,
  tenantNotice,
  tenantText,
  usageText,
} from "../../../../mail/senders/usageText.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  ...{ name: "shop", from: ["orders@contoso.com"], authentication: ["oauth"], egress: [] },
  ...DEFAULTS,
};
const usage = (peak: number, average?: number): Usage => ({
  ...{ limit: LIMITS.messagesPerMinute, value: 30, peak },
  ...(average === undefined ? {} : { average }),
});

describe("usageText", () => {
  const rows: [Usage, string][] = [
    [usage(27), "27 of 30 messages a minute (90 %)"],
    [usage(27, 27), "27 of 30 messages a minute (90 %)"],
    [usage(27, 2.84), "27 of 30 messages a minute (90 %), 2.8 on average"],
    [usage(27, 0.1), "27 of 30 messages a minute (90 %), 0.1 on average"],
    [usage(27, 0.09), "27 of 30 messages a minute (90 %), less than 0.1 on average"],
    [usage(1500), "1,500 of 30 messages a minute (5,000 %)"],
    [usage(30), "30 of 30 messages a minute (100 %)"],
    [usage(29.9), "29.9 of 30 messages a minute (almost 100 %)"],
    [tenantUsage(10_001, 1), "10,001 of 10,000 external recipients in 24 hours (over 100 %)"],
    [tenantUsage(10, 1), "10 of 10,000 external recipients in 24 hours (less than 1 %)"],
    [tenantUsage(0, 1), "0 of 10,000 external recipients in 24 hours (0 %)"],
    [tenantUsage(103, 2), "103 of 10,312 external recipients in 24 hours (1 %)"],
  ];
  for (const [used, text] of rows) {
    it(`says ${text}`, () => assert.equal(usageText(used), text));
  }
});

describe("shownUsage", () => {
  it("shows the most used limit first, and nothing below 1 %", () => {
    const of = (peak: number, value: number) => ({ ...usage(peak), value });
    assert.deepEqual(shownUsage({ usage: [of(1, 100), of(0.99, 100), of(20, 100), of(3, 10)] }), [
      "3 of 10 messages a minute (30 %)",
      "20 of 100 messages a minute (20 %)",
      "1 of 100 messages a minute (1 %)",
    ]);
  });
});

describe("aboveText", () => {
  it("tells what happens, and what raises the limit where there is something", () => {
    assert.equal(
      aboveText(LIMITS.messageSize),
      "Exchange returns the message with 550 5.2.3; MaxSendSize, which an administrator can raise to 150 MB; Graph takes attachments of 3 MB and more by an upload session",
    );
    assert.equal(
      aboveText(LIMITS.relayedMessageSize),
      "Exchange refuses the message with 552 5.3.4; receivers may take less",
    );
    assert.equal(aboveText(LIMITS.acsRecipientsPerMessage), "Azure refuses the message");
  });
});

describe("headroomNotices", () => {
  const notices = (...changes: Partial<Sender>[]) =>
    headroomNotices(changes.map((change) => ({ ...shop, ...change })));
  it("tells from 80 % on, with the limit's page and the day it was read", () => {
    assert.deepEqual(notices({ peakPerMinute: 23 }), []);
    const above =
      "Exchange delays further messages to the following minutes; a client may get 432 4.3.2, and has to try again";
    const page =
      "https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements";
    assert.deepEqual(notices({ peakPerMinute: 24 }, { name: "crm", peakPerMinute: 30 }), [
      `sender "shop" uses 24 of 30 messages a minute (80 %); above that ${above} (${page}, read on 2026-11-29)`,
      `sender "crm" uses 30 of 30 messages a minute (100 %); above that ${above} (${page}, read on 2026-11-29)`,
    ]);
  });
  it("tells what raises the limit", () =>
    assert.deepEqual(notices({ purpose: "marketing", messagesPerDay: 2400 }), [
      'sender "shop" uses 100 of 100 messages an hour (100 %); above that Azure answers 429 Too Many Requests; the limit of a domain of your own, which Azure raises on request (https://learn.microsoft.com/azure/communication-services/concepts/service-limits, read on 2026-11-29)',
    ]));
});

const TERRL =
  "https://techcommunity.microsoft.com/blog/exchange/introducing-exchange-online-tenant-outbound-email-limits/4372797";
const ABOVE = "above that Exchange returns further messages with 550 5.7.233";

describe("tenantNotice", () => {
  it("tells from 80 % of what the tenant's licences allow on", () => {
    assert.equal(tenantNotice(7999, 1), undefined);
    assert.equal(
      tenantNotice(8000, 1),
      `all senders together use 8,000 of 10,000 external recipients in 24 hours (80 %); ${ABOVE} (${TERRL}, read on 2026-11-29), in a tenant with 1 paid licence`,
    );
    assert.equal(tenantNotice(17_647, 100), undefined);
    assert.equal(
      tenantNotice(17_648, 100),
      `all senders together use 17,648 of 22,059 external recipients in 24 hours (80 %); ${ABOVE} (${TERRL}, read on 2026-11-29), in a tenant with 100 paid licences`,
    );
  });
  it("tells how many licences would be enough, where what there is is not", () => {
    assert.match(tenantNotice(10_000, 1) ?? "", /1 paid licence$/);
    assert.match(tenantNotice(10_001, 1) ?? "", /1 paid licence; 2 paid licences would be enough$/);
    assert.match(tenantNotice(5000, 0) ?? "", /trials alone$/);
    assert.match(tenantNotice(5001, 0) ?? "", /trials alone; 1 paid licence would be enough$/);
    assert.match(tenantNotice(72_446, 10) ?? "", /; 1,000 paid licences would be enough$/);
    assert.match(tenantNotice(72_447, 10) ?? "", /; 1,001 paid licences would be enough$/);
  });
  it("holds a tenant of trials to 5,000", () => {
    assert.equal(tenantNotice(NEAR_SOME_LIMIT - 1, 0), undefined);
    assert.equal(
      tenantNotice(NEAR_SOME_LIMIT, 0),
      `all senders together use 4,000 of 5,000 external recipients in 24 hours of a trial tenant (80 %); above that Exchange returns further messages with 550 5.7.232 (${TERRL}, read on 2026-11-29), in a tenant with trials alone`,
    );
  });
});

describe("tenantText", () => {
  const text = (peak: number, paidLicenses?: number) =>
    tenantText({
      tenant: tenantUsage(peak, paidLicenses ?? 1),
      ...(paidLicenses === undefined ? {} : { paidLicenses }),
    });
  const rows: [peak: number, licenses: number | undefined, says: string][] = [
    [
      0,
      1000,
      "0 of 72,446 external recipients in 24 hours (0 %), in a tenant with 1,000 paid licences",
    ],
    [
      0,
      0,
      "0 of 5,000 external recipients in 24 hours of a trial tenant (0 %), in a tenant with trials alone",
    ],
    [
      7999,
      1,
      "7,999 of 10,000 external recipients in 24 hours (80 %), in a tenant with 1 paid licence",
    ],
    [
      8000,
      undefined,
      `8,000 of 10,000 external recipients in 24 hours (80 %), in a tenant with 1 paid licence (assumed; --licenses N or --tenant gives the limit of yours); ${ABOVE}`,
    ],
    [
      20_000,
      1,
      `20,000 of 10,000 external recipients in 24 hours (200 %), in a tenant with 1 paid licence; ${ABOVE}; 78 paid licences would be enough`,
    ],
  ];
  for (const [peak, licenses, says] of rows) {
    it(`tells of ${peak} with ${licenses ?? "nobody knows how many"} licences which tenant the limit is of`, () =>
      assert.equal(text(peak, licenses), says));
  }
});
