import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  externalRecipientsOf,
  NEAR_SOME_LIMIT,
  shareOf,
  tenantUsage,
  usageOf,
} from "../../../../mail/senders/headroom.ts";
import { externalRecipientLimit } from "../../../../mail/senders/limits.ts";
import { contractTexts, overviewOf } from "../../../../mail/senders/overview.ts";
import { overviewMarkdown } from "../../../../mail/senders/overviewMarkdown.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import {
  headroomNotices,
  shownUsage,
  tenantNotice,
  tenantText,
  usageText,
} from "../../../../mail/senders/usageText.ts";
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
      "1 of 500 recipients a message (0 %)",
    ]));
  it("takes the average for the peak where nobody has said one", () =>
    assert.equal(texts({ messagesPerDay: 14_400 })[0], "10 of 30 messages a minute (33 %)"));
  it("does not count the peak of mail that may wait", () =>
    assert.deepEqual(texts({ peakPerMinute: 400, urgency: "deferrable" }), [
      "1 of 500 recipients a message (0 %)",
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
      "1 of 1,000 recipients a message (0 %)",
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

describe("headroomNotices", () => {
  const notices = (change: Partial<Sender>) => headroomNotices([{ ...shop, ...change }]);
  it("tells from 80 % on, with the limit's page and the day it was read", () => {
    assert.deepEqual(notices({ peakPerMinute: 23 }), []);
    const [text, ...others] = notices({ peakPerMinute: 24 });
    assert.match(
      text ?? "",
      /^sender "shop" uses 24 of 30 messages a minute \(80 %\); above that .* \(https:.*, read on 2\d{3}-\d\d-\d\d\)$/,
    );
    assert.deepEqual(others, []);
  });
  it("tells what raises the limit", () =>
    assert.match(
      notices({ purpose: "marketing", messagesPerDay: 2400 }).join(),
      / uses 100 of 100 messages an hour \(100 %\); above that .*; .*Azure raises on request \(https:/,
    ));
});

describe("tenantNotice", () => {
  it("tells from 80 % of what the tenant's licences allow on", () => {
    assert.equal(tenantNotice(7999, 1), undefined);
    assert.match(
      tenantNotice(8000, 1) ?? "",
      /^all senders together use 8,000 of 10,000 external recipients in 24 hours \(80 %\); above that .*5\.7\.233 .*, in a tenant with 1 paid licence$/,
    );
    assert.equal(tenantNotice(17_647, 100), undefined);
    assert.match(tenantNotice(17_648, 100) ?? "", /of 22,059 /);
  });
  it("holds a tenant of trials to 5,000", () => {
    assert.equal(tenantNotice(NEAR_SOME_LIMIT - 1, 0), undefined);
    assert.match(
      tenantNotice(NEAR_SOME_LIMIT, 0) ?? "",
      /4,000 of 5,000 .*5\.7\.232 .*, in a tenant with trials alone$/,
    );
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
  it("notes what is not said, IPv6 before a connector, and how long slowed mail takes", () => {
    const notesOf = (sender: Sender) => overviewOf([sender], 1).senders[0]?.notes ?? [];
    assert.match(notesOf(shop)[0] ?? "", /is not said/);
    assert.match(notesOf({ ...exchange, ipv6: true, messagesPerDay: 1 })[0] ?? "", /over IPv4/);
    assert.deepEqual(notesOf({ ...shop, ipv6: true, messagesPerDay: 1 }), []);
    const isOfNumbers = (note: string) => !note.includes("clientAuth");
    const inside = { ...exchange, external: 0, messagesPerDay: 100_000 };
    const ofHour = (change: Partial<Sender>) =>
      notesOf({ ...inside, peakPerMinute: 20, ...change })
        .filter(isOfNumbers)
        .join();
    assert.match(
      ofHour({}),
      /^it may send 1,200 messages in its busiest hour, and a mailbox inside takes 1,188/,
    );
    assert.match(ofHour({ messagesPerDay: 1189 }), /^it may send 1,189 messages/);
    assert.equal(ofHour({ messagesPerDay: 1188 }), "");
    assert.equal(ofHour({ peakPerMinute: 19 }), "");
    assert.equal(ofHour({ external: 1, messagesPerDay: 4000 }), "");
    assert.doesNotMatch(ofHour({ purpose: "bulk", method: "highVolumeEmail" }), /busiest hour/);
    assert.deepEqual(notesOf({ ...exchange, messagesPerDay: 4999 }).filter(isOfNumbers), []);
    assert.match(
      notesOf({ ...exchange, messagesPerDay: 5000 })[0] ?? "",
      /5,000 or more mailboxes of one provider/,
    );
    assert.deepEqual(
      notesOf({ ...exchange, external: 0.5, messagesPerDay: 9998 }).filter(isOfNumbers),
      [],
    );
    const groups = { internalRecipients: "groups", external: 0.5, messagesPerDay: 1 } as const;
    assert.match(notesOf({ ...exchange, ...groups })[0] ?? "", /550 5\.7\.133/);
    assert.deepEqual(notesOf({ ...exchange, ...groups, external: 1 }).filter(isOfNumbers), []);
    assert.deepEqual(notesOf({ ...shop, ...groups }), []);
    const slow = { messagesPerDay: 4000, peakPerMinute: 400, urgency: "deferrable" } as const;
    assert.match(notesOf({ ...shop, ...slow })[0] ?? "", /4,000 take 2 h 14 min$/);
    assert.match(
      notesOf({ ...shop, ...slow, external: 0 })[1] ?? "",
      /^it may send 1,800 messages in its busiest hour/,
    );
  });
  it("says of what the stack creates nothing for what it takes too much of", () => {
    const [news] = overviewOf([{ ...shop, purpose: "marketing", messagesPerDay: 2400 }], 1).senders;
    assert.deepEqual(news?.notes, [
      "the stack creates nothing for this method: set it up yourself",
    ]);
    const [more] = overviewOf([{ ...shop, purpose: "marketing", messagesPerDay: 2424 }], 1).senders;
    assert.match(
      more?.notes[1] ?? "",
      /^101 of 100 messages an hour \(101 %\): above that Azure answers 429 Too Many Requests; the limit of a domain of your own, which Azure raises on request$/,
    );
  });
  it("shows of its use the most used limit first, and nothing below 1 %", () => {
    const used = { messagesPerDay: 100, peakPerMinute: 3, largestMessageMB: 19 };
    const [one] = overviewOf([{ ...shop, ...used }], 1).senders;
    assert.ok(one);
    assert.deepEqual(
      shownUsage(one).map((text) => text.replace(/ .*\(/, " (").replace(/\).*/, ")")),
      ["26 (74 %)", "3 (10 %)", "100 (1 %)"],
    );
  });
});

describe("tenantText", () => {
  const text = (licenses?: number) => tenantText(overviewOf([shop], licenses));
  it("names the tenant that the limit is of, and says where nobody has said which", () => {
    assert.match(text(100), /^0 of 22,059 .*, in a tenant with 100 paid licences$/);
    assert.match(text(0), /^0 of 5,000 .*, in a tenant with trials alone$/);
    assert.match(text(1), /^0 of 10,000 .*, in a tenant with 1 paid licence$/);
    const near = tenantText(overviewOf([{ ...shop, messagesPerDay: 8000 }], 1));
    assert.match(near, /; above that Exchange returns .* 550 5\.7\.233/);
    assert.equal(text(), `${text(1)} (assumed; --licenses N or --tenant gives the limit of yours)`);
  });
});

describe("the hourly limit of a mailbox inside", () => {
  const tells = (change: Partial<Sender>) =>
    overviewOf(
      [{ ...shop, external: 0, messagesPerDay: 9000, peakPerMinute: 25, ...change }],
      1,
    ).senders[0]?.notes.some((note) => note.includes("1,188"));
  it("is told of mail that it holds for", () => {
    assert.equal(tells({}), true);
    assert.equal(tells({ method: "azureCommunicationServices" }), true);
  });
  it("is not told of High Volume Email, of which no source says that it holds", () =>
    assert.equal(tells({ authentication: ["password"], method: "highVolumeEmail" }), false));
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
    assert.deepEqual(
      contractTexts(senders).map((text) => text.replace(/says: .*/, "says")),
      [
        "for shop, crm, another page of Microsoft's says",
        "for exchange, erp, another page of Microsoft's says",
      ],
    );
    assert.match(
      contractTexts(senders)[0] ?? "",
      /says: Client submission needs a licensed mailbox to send from \(docs\/reference\/limits\.md\)$/,
    );
    assert.deepEqual(contractTexts(senders.filter(({ sender }) => sender === "plant")), []);
  });
});

describe("overviewMarkdown", () => {
  const text = overviewMarkdown("prod", overviewOf(withMembers([shop, exchange, erp]), 1));
  it("draws who sends how", () => {
    assert.match(text, /```mermaid\nflowchart LR\n/);
    assert.match(text, /sender-2\["erp"\] --> sender-1\["exchange"\]\n/);
    assert.match(text, /way-1 --> exchange\["Exchange Online"\]/);
  });
  it("draws names that Mermaid would take for an arrow", () => {
    const names = ["x---o", "a--b", "end"];
    const page = overviewMarkdown(
      "prod",
      overviewOf(
        names.map((name) => ({ ...shop, name })),
        1,
      ),
    );
    const [, picture = ""] = /```mermaid\n([^`]*)```/.exec(page) ?? [];
    const drawn = picture.replaceAll(/\["[^"]*"\]/g, "");
    assert.match(drawn, /^flowchart LR\n(?: {2}[a-z]+(?:-\d+)? --> [a-z]+(?:-\d+)?\n)+$/);
    for (const name of names) assert.ok(picture.includes(`["${name}"]`), name);
  });
  it("draws the sender that one sends through where that is not shown itself", () => {
    const overview = overviewOf(withMembers([exchange, erp]), 1);
    const senders = overview.senders.filter(({ sender }) => sender === "erp");
    const page = overviewMarkdown("prod", { ...overview, senders });
    assert.match(page, /sender-0\["erp"\] --> sender-1\["exchange"\]\n/);
  });
  it("puts no markup of a description into the page", () => {
    const description = "<img src=x> | **b** @everyone";
    const page = overviewMarkdown("prod", overviewOf([{ ...shop, description }], 1));
    assert.doesNotMatch(page, /(?<!\\)<img|(?<!\\)\*\*b/);
  });
});
