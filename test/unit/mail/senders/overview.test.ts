import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  externalRecipientsOf,
  shareOf,
  tenantUsage,
  usageOf,
} from "../../../../mail/senders/headroom.ts";
import { externalRecipientLimit } from "../../../../mail/senders/limits.ts";
import { contractTexts, overviewOf } from "../../../../mail/senders/overview.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { usageText } from "../../../../mail/senders/usageText.ts";
import { withMembers } from "../../../../mail/senders/via.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  name: "shop",
  from: ["orders@contoso.com"],
  authentication: ["oauth"],
  egress: [],
  ...DEFAULTS,
};
const exchange: Sender = {
  ...shop,
  name: "exchange",
  from: ["*@contoso.com"],
  authentication: ["certificate"],
  certificateName: "mail.contoso.com",
  exchangeServer: true,
};
const erp: Sender = {
  ...shop,
  name: "erp",
  from: ["erp@contoso.com"],
  authentication: ["none"],
  via: "exchange",
  description: "Invoices",
};

const texts = (change: Partial<Sender>) => usageOf({ ...shop, ...change }).map(usageText);

describe("usageOf", () => {
  it("counts the peak, and the average of a day", () =>
    assert.deepEqual(texts({ messagesPerDay: 1440, peakPerMinute: 27 }), [
      "27 of 30 messages a minute (90 %), 1 on average",
      "1,440 of 10,000 recipients in 24 hours (14 %)",
      "1 of 500 recipients a message (less than 1 %)",
    ]));
  it("takes the average for the peak where nobody has said one", () =>
    assert.equal(texts({ messagesPerDay: 14_400 })[0], "10 of 30 messages a minute (33 %)"));
  it("does not count the peak of mail that may wait", () =>
    assert.deepEqual(texts({ peakPerMinute: 400, urgency: "deferrable" }), [
      "1 of 500 recipients a message (less than 1 %)",
    ]));
  it("counts an encoded message", () =>
    assert.equal(
      texts({ largestMessageMB: 19 })[1],
      "26 of 35 MB a message, attachments encoded (74 %)",
    ));
  it("counts the limits of each method", () => {
    const used = (change: Partial<Sender>) =>
      usageOf({ ...shop, ...change }).map(({ limit, peak, average }) => [
        limit.id,
        Math.round(peak * 10) / 10,
        average,
      ]);
    const all = { messagesPerDay: 1440, peakPerMinute: 2, recipientsPerMessage: 3 };
    assert.deepEqual(used({ ...all, method: "graph", largestMessageMB: 19 }), [
      ["messagesPerMinute", 2, 1],
      ["recipientsPerDay", 4320, undefined],
      ["recipientsPerMessage", 3, undefined],
      ["messageSize", 26, undefined],
    ]);
    const account = {
      authentication: ["password"],
      external: 0,
      method: "highVolumeEmail",
    } as const;
    assert.deepEqual(used({ ...all, ...account, largestMessageMB: 5.7 }), [
      ["hveRecipientsPerMessage", 3, undefined],
      ["hveMessageSize", 7.8, undefined],
    ]);
    assert.deepEqual(used({ ...all, purpose: "marketing", largestMessageMB: 5.7 }), [
      ["acsMessagesPerMinute", 2, 1],
      ["acsMessagesPerHour", 60, 60],
      ["acsRecipientsPerMessage", 3, undefined],
      ["acsMessageSize", 7.8, undefined],
    ]);
    assert.deepEqual(used({ ...exchange, ...all, largestMessageMB: 19 }), [
      ["relayedRecipientsPerMessage", 3, undefined],
      ["relayedMessageSize", 26, undefined],
    ]);
    assert.deepEqual(used({ purpose: "marketing", messagesPerDay: 1440 }).slice(0, 2), [
      ["acsMessagesPerMinute", 1, 1],
      ["acsMessagesPerHour", 60, 60],
    ]);
    assert.deepEqual(used({ purpose: "marketing" }), [["acsRecipientsPerMessage", 1, undefined]]);
  });
  it("counts an hour of Azure Communication Services, at least as much as its peak", () => {
    const [, hour] = texts({ purpose: "marketing", messagesPerDay: 240, peakPerMinute: 20 });
    assert.equal(hour, "20 of 100 messages an hour (20 %), 10 on average");
  });
  it("holds a connector to no number of messages", () =>
    assert.deepEqual(texts({ ...exchange, messagesPerDay: 100_000, peakPerMinute: 500 }), [
      "1 of 1,000 recipients a message (less than 1 %)",
    ]));
});

describe("tenantUsage", () => {
  it("follows Microsoft's table of licences", () => {
    // https://techcommunity.microsoft.com/blog/exchange/introducing-exchange-online-tenant-outbound-email-limits/4372797
    const small = { 1: 10_000, 2: 10_312, 10: 12_006, 25: 14_259, 100: 22_059 };
    const table = { ...small, 1000: 72_446, 10000: 324_979, 100000: 1_590_639 };
    for (const [licenses, limit] of Object.entries(table)) {
      assert.equal(externalRecipientLimit(Number(licenses)), limit);
    }
    assert.equal(externalRecipientLimit(0), 5000);
  });
  it("adds up what goes outside through Exchange, and leaves out what does not", () => {
    const senders: Sender[] = [
      { ...shop, recipientsPerDay: 1000, external: 0.5 },
      { ...exchange, recipientsPerDay: 3000 },
      { ...shop, purpose: "marketing", recipientsPerDay: 50_000 },
      shop,
    ];
    assert.equal(externalRecipientsOf(senders), 3500);
    assert.equal(shareOf(tenantUsage(3500, 1)), 0.35);
  });
});

describe("overviewOf", () => {
  const { senders } = overviewOf(withMembers([shop, exchange, erp]), 1);
  it("lists a sender after the one that it sends through", () =>
    assert.deepEqual(
      senders.map(({ sender, way, via }) => [sender, way, via]),
      [
        ["shop", "client submission with OAuth", undefined],
        ["exchange", "connector by certificate", undefined],
        ["erp", "on-premises Exchange", "exchange"],
      ],
    ));
  it("says why, and what is against each other way", () => {
    const [first] = senders;
    assert.match(first?.because ?? "", /signs in with OAuth/);
    assert.equal(first?.otherwise.length, 8);
    assert.deepEqual(
      first?.otherwise.filter(({ refusals }) => refusals.length === 0),
      [],
    );
  });
  it("says why a sender gets a method beside client submission and connectors", () => {
    const why = (change: Partial<Sender>) => {
      const [one] = overviewOf([{ ...shop, ...change }], 1).senders;
      return [one?.method, one?.because];
    };
    const inside = { authentication: ["password"], external: 0 } as const;
    assert.deepEqual(why({ ...inside, messagesPerDay: 50 }), [
      "highVolumeEmail",
      "all its recipients are inside, and client submission takes passwords for a shorter time",
    ]);
    assert.deepEqual(why({ ...inside, messagesPerDay: 10_001 }), [
      "highVolumeEmail",
      "all its recipients are inside, and it sends more than a mailbox may",
    ]);
    const asked = "its stack file asks for this method";
    for (const method of ["highVolumeEmail", "azureCommunicationServices"] as const) {
      assert.deepEqual(why({ ...inside, method }), [method, asked]);
    }
    assert.deepEqual(why({ method: "graph" }), ["graph", asked]);
    assert.deepEqual(why({ purpose: "marketing" }), [
      "azureCommunicationServices",
      "Exchange Online is not meant for what it sends",
    ]);
  });
  it("has all of a sender, and of one that sends through it", () => {
    const gate: Sender = {
      ...{ ...shop, name: "gate", authentication: ["staticIp", "password"], description: "Door" },
      ...{ egress: ["198.51.100.7"], recipientsPerMessage: 10, messagesPerDay: 1 },
      members: [
        { name: "crm", from: ["crm@contoso.com"], description: "Customers" },
        { name: "hr", from: [] },
      ],
    };
    const { senders: all, ...rest } = overviewOf([gate], 3);
    const [front, ...members] = all;
    assert.ok(front);
    const { license, usage, otherwise, ...own } = front;
    assert.deepEqual(own, {
      sender: "gate",
      description: "Door",
      from: ["orders@contoso.com"],
      method: "connector",
      way: "connector by address",
      because: "it has fixed public addresses and no certificate",
      notes: [],
    });
    assert.deepEqual(otherwise[0], { way: "client submission with a password", refusals: [] });
    assert.deepEqual(otherwise[1], {
      way: "client submission with OAuth",
      refusals: [
        {
          lacking: true,
          because: "authentication includes no oauth",
          fix: "add oauth to authentication if the sender can do it",
        },
      ],
    });
    assert.equal(otherwise.length, 8);
    assert.deepEqual(usage.map(usageText), ["10 of 1,000 recipients a message (1 %)"]);
    const member = {
      ...{ method: "connector", way: "connector by address", via: "gate" },
      because: 'it sends through "gate", and Exchange Online can\'t tell the two apart',
      license: { ...license, needs: "none of its own" },
      ...{ usage: [], otherwise: [], notes: [] },
    };
    assert.deepEqual(members, [
      { ...member, sender: "crm", from: ["crm@contoso.com"], description: "Customers" },
      { ...member, sender: "hr", from: [] },
    ]);
    assert.deepEqual(rest, { tenant: tenantUsage(10, 3), paidLicenses: 3 });
  });
  it("has no number of licences where nobody has said one", () =>
    assert.deepEqual(overviewOf([], undefined), { senders: [], tenant: tenantUsage(0, 1) }));
  it("names the method of what sends through an Exchange server", () => {
    const [, member] = overviewOf(
      [{ ...exchange, members: [{ name: "erp", from: [] }] }],
      1,
    ).senders;
    assert.deepEqual([member?.method, member?.way], ["onPremisesExchange", "on-premises Exchange"]);
  });
});

describe("why a sender sends so", () => {
  const why = (change: Partial<Sender>) =>
    overviewOf([{ ...shop, ...change }], 1).senders[0]?.because;
  const address = { egress: ["198.51.100.7"] };
  const able = { ...address, authentication: ["oauth", "staticIp"] } as const;
  const legacy = { ...address, authentication: ["password", "staticIp"] } as const;
  it("says which better method its mail does not fit", () => {
    assert.equal(
      why({ ...able, peakPerMinute: 45 }),
      "it has fixed public addresses and no certificate; client submission with OAuth does not fit: it peaks at 45, and the limit is 30 messages a minute",
    );
    assert.equal(
      why({ ...legacy, port25: false }),
      "it signs in with a password; connector by address does not fit: it can't connect to port 25 (port25: false)",
    );
  });
  it("says that the stack file asks for it", () => {
    assert.equal(why({ ...able, method: "connector" }), "its stack file asks for this method");
    assert.equal(why({ ...legacy, method: "smtpAuth" }), "its stack file asks for this method");
  });
  it("says what the sender has, where no better method is passed over", () => {
    assert.equal(
      why({ ...address, authentication: ["staticIp"] }),
      "it has fixed public addresses and no certificate",
    );
    assert.equal(
      why({ authentication: ["password"] }),
      "it can do nothing but sign in with a password",
    );
  });
});

describe("contractTexts", () => {
  it("tells once what another page asks for, with all senders that it concerns", () => {
    const crm = { ...shop, name: "crm" };
    const plant: Sender = { ...shop, name: "plant", authentication: ["password"], license: "SPB" };
    const { senders } = overviewOf(withMembers([shop, crm, exchange, erp, plant]), 1);
    assert.deepEqual(contractTexts(senders), [
      "for shop, crm, another page of Microsoft's says: Client submission needs a licensed mailbox to send from (docs/reference/limits.md)",
      "for exchange, erp, another page of Microsoft's says: Users who send from devices or applications that relay need licences of their own; for those without a mailbox, one for Exchange Online Protection is the cheapest that allows sending (docs/reference/limits.md)",
    ]);
    assert.deepEqual(contractTexts(senders.filter(({ sender }) => sender === "plant")), []);
  });
});
