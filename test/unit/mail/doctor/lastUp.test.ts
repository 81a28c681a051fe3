// Whether the stack file is ahead of the last up, by the method of each sender.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isAsMade, judgeLastUp, setUpElsewhere } from "../../../../mail/doctor/lastUp.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";

const sender = (name: string, change: Partial<Sender>): Sender => ({
  ...{ name, from: [`${name}@contoso.com`], authentication: ["oauth"], egress: [] },
  ...{ adoptMailbox: false, restrictToDomains: false, fence: false, requireTls: true },
  ...{ credentialGeneration: 1, retire: false },
  ...change,
});
const egress = ["198.51.100.8"];
const shop = sender("shop", {});
const scan = sender("scan", { authentication: ["none"], egress, external: 0 });
const news = sender("news", { purpose: "marketing" });
const printers = sender("printers", {
  ...{ authentication: ["staticIp"], egress },
  members: [{ name: "alarms", from: ["alarms@contoso.com"] }],
});
const ALL = [shop, scan, news, printers];
const MADE = {
  shop: { method: "smtpAuth", mailbox: "Shop@contoso.com" },
  scan: { method: "directSend" },
  news: { method: "azureCommunicationServices" },
  printers: { method: "connector" },
  alarms: { method: "connector", via: "printers" },
} as const;
type Made = Parameters<typeof isAsMade>[1];

const findings = (made: Readonly<Record<string, Made>>, senders = ALL) =>
  judgeLastUp("prod", senders, new Map(Object.entries(made)), { declared: [], made: [] });
const told = (made: Readonly<Record<string, Made>>, senders = ALL) =>
  findings(made, senders).map(({ what }) => what);

describe("the stack file and the last up", () => {
  it("agree where every sender sends as it was made, also those behind others and those elsewhere", () => {
    assert.deepEqual(told(MADE), ["the last up has made every sender and domain of it"]);
  });

  for (const [name, made, says] of [
    ["scan", { method: "connector" }, "by a connector since the last up, and by direct send"],
    ["printers", { method: "directSend" }, "by direct send since the last up, and by a connector"],
    [
      "news",
      { method: "smtpAuth", mailbox: "news@contoso.com" },
      "by the mailbox news@contoso.com since the last up, and by Azure Communication Services",
    ],
    [
      "alarms",
      { method: "connector" },
      'by a connector since the last up, and by sender "printers"',
    ],
    [
      "shop",
      { method: "smtpAuth", mailbox: "shop@contoso.com", via: "printers" },
      'by sender "printers" since the last up, and by the mailbox shop@contoso.com',
    ],
  ] as const) {
    it(`differ where ${name} was made ${JSON.stringify(made)}`, () => {
      assert.deepEqual(told({ ...MADE, [name]: made }), [
        `sender "${name}" sends ${says} in the stack file`,
      ]);
      const own = ALL.find((one) => one.name === name);
      if (own !== undefined) assert.equal(isAsMade(own, made), false);
    });
  }

  it("differ where one behind another one comes or goes, and not where one elsewhere does", () => {
    const { alarms, news: _, ...rest } = MADE;
    assert.deepEqual(told(rest), [
      'sender "alarms" is in the stack file, and the last up has not made it',
    ]);
    const { members: __, ...alone } = printers;
    assert.deepEqual(told(MADE, [shop, scan, alone]), [
      'sender "alarms" was made by the last up, and is no longer in the stack file',
    ]);
    assert.equal(alarms.via, "printers");
  });

  it("tell which senders are set up elsewhere", () => {
    assert.equal(
      setUpElsewhere(ALL),
      "the stack makes nothing for news (Azure Communication Services), which you set up elsewhere",
    );
    assert.equal(setUpElsewhere([shop, scan, printers]), undefined);
  });
});
