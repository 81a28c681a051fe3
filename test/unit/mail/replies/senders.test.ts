// Whom of a stack file a reply can be about, and what of its declaration is shown.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { explain } from "../../../../mail/replies/explain.ts";
import { senderExplanations } from "../../../../mail/replies/senders.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";

const sender = (name: string, own: Partial<Sender>): Sender => ({
  name,
  ...{ from: [`${name}@contoso.com`], authentication: ["oauth"], egress: [], adoptMailbox: false },
  ...{
    requireTls: true,
    restrictToDomains: false,
    fence: false,
    credentialGeneration: 1,
    retire: false,
  },
  ...own,
});

const SENDERS = [
  sender("erp", {
    from: ["*@contoso.com"],
    authentication: ["staticIp"],
    egress: ["198.51.100.0/28"],
  }),
  sender("shop", {
    authentication: ["staticIp"],
    egress: ["203.0.113.9"],
    restrictToDomains: true,
  }),
  sender("web", { authentication: ["certificate"], certificateName: "relay.contoso.com" }),
  sender("crm", {}),
  sender("scanner", { authentication: ["password"] }),
];

const ACCOUNT = sender("alerts", {
  authentication: ["password"],
  external: 0,
  method: "highVolumeEmail",
});
const DIRECT = sender("door", { authentication: ["none"], egress: ["192.0.2.4"], external: 0 });

const about = (text: string) => senderExplanations(explain(text), SENDERS);
const namesOf = (text: string) => about(text).map((one) => one.sender);

describe("a reply and the senders of a stack file", () => {
  it("of a fence go together by its words, with what the fence lets pass", () => {
    const fenced = SENDERS.map((one) => ({ ...one, fence: ["erp", "shop"].includes(one.name) }));
    const text =
      "550 5.7.950 TRANSPORT.RULES.RejectMessage; Refused by the fence of the sender shop: mail from its addresses needs one of its own addresses in From.";
    const [one, ...more] = senderExplanations(explain(text), fenced);
    assert.equal(one?.sender, "shop");
    assert.equal(one?.causes[0]?.declared, "its fence lets pass From shop@contoso.com");
    assert.deepEqual(more, []);
    const untold = "550 5.7.950 TRANSPORT.RULES.RejectMessage; Delivery not authorized";
    const causes = senderExplanations(explain(untold), fenced).map(({ sender: name, causes }) => [
      name,
      causes.some(({ what }) => /fence of a sender/.test(what)),
    ]);
    assert.deepEqual(causes, [
      ["erp", true],
      ["shop", true],
      ["web", false],
      ["crm", false],
      ["scanner", false],
    ]);
  });

  it("go together by method", () => {
    assert.deepEqual(namesOf("550 5.7.64 TenantAttribution; Relay Access Denied"), [
      "erp",
      "shop",
      "web",
    ]);
    assert.deepEqual(namesOf("535 5.7.3 Authentication unsuccessful"), ["crm", "scanner"]);
    assert.deepEqual(
      namesOf("550 5.7.30 Basic authentication is not supported for Client Submission."),
      ["crm", "scanner"],
    );
    assert.deepEqual(namesOf("550 5.7.705 Access denied, tenant has exceeded threshold"), [
      "erp",
      "shop",
      "web",
      "crm",
      "scanner",
    ]);
    assert.deepEqual(namesOf("235 2.7.0 Authentication successful"), []);
    assert.deepEqual(namesOf("550 5.9.9 never heard"), []);
  });

  it("of High Volume Email and of direct send have causes of their own", () => {
    const causesOf = (text: string) =>
      senderExplanations(explain(text), [...SENDERS, ACCOUNT, DIRECT])
        .filter((one) => [ACCOUNT.name, DIRECT.name].includes(one.sender))
        .map((one) => [one.sender, one.method, ...one.causes.map(({ what }) => what)]);
    const account = ["alerts", "signs in to High Volume Email as alerts@contoso.com"];
    const direct = ["door", "uses direct send from 192.0.2.4"];
    const outside = "The recipient is outside, and direct send reaches mailboxes inside alone";
    assert.deepEqual(causesOf("535 5.7.3 Authentication unsuccessful"), [
      [
        ...account,
        "The account of High Volume Email has no valid billing policy, or the subscription behind it is not active",
        "The password is an old one",
        "The account's sign-in is blocked, by npm run stop or by hand",
      ],
    ]);
    assert.deepEqual(causesOf("550 5.5.105 HVE accounts can't send to external recipients."), [
      [
        ...account,
        "The sender has recipients in other organisations",
        "A test message went to an address outside",
      ],
    ]);
    assert.deepEqual(causesOf("550 5.7.62 The sender is not the authenticated HVE account."), [
      [...account, "MAIL FROM or From is another address"],
    ]);
    assert.deepEqual(
      causesOf(
        "550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization",
      ),
      [[...direct, "The organisation refuses direct send"]],
    );
    for (const text of [
      "550 5.7.64 TenantAttribution; Relay Access Denied",
      "550 5.7.1 Unable to relay",
      "550 5.4.1 Relay Access Denied",
    ]) {
      assert.deepEqual(causesOf(text), [[...direct, outside]], text);
    }
    const both = causesOf("550 5.7.509 Access denied, sending domain does not pass DMARC").map(
      ([name]) => name,
    );
    assert.deepEqual(both, ["alerts", "door"]);
    const busy = "451 4.7.500 Server busy. Please try again later from [192.0.2.4].";
    assert.deepEqual(
      senderExplanations(explain(busy), [...SENDERS, DIRECT]).map((one) => [
        one.sender,
        one.causes.map(({ declared }) => declared),
      ]),
      [["door", ["egress is 192.0.2.4"]]],
    );
  });

  it("go together by an address in the reply", () => {
    assert.deepEqual(
      namesOf("451 4.7.500 Server busy. Please try again later from [198.51.100.7]."),
      ["erp"],
    );
    assert.deepEqual(
      namesOf("554 5.2.252 SendAsDenied; crm@contoso.com not allowed to send as b@contoso.com"),
      ["crm"],
    );
  });

  it("have only causes that this sender can have, with what it declares", () => {
    const text = "550 5.7.64 TenantAttribution; Relay Access Denied";
    const causes = Object.fromEntries(about(text).map((one) => [one.sender, one.causes]));
    const declared = (name: string) => causes[name]?.map((cause) => cause.declared);
    assert.deepEqual(declared("erp"), [
      "egress is 198.51.100.0/28",
      "",
      "from has addresses of contoso.com",
      "",
    ]);
    assert.equal(causes.shop?.length, 5, "restrictToDomains is a cause of its own");
    assert.deepEqual(declared("web"), ["certificateName is relay.contoso.com", "", ""]);
    const [crm, scanner] = about("535 5.7.3 Authentication unsuccessful");
    assert.match(crm?.causes[1]?.declared ?? "", /^the mailbox is crm@contoso\.com$/);
    assert.deepEqual(
      scanner?.causes.map(({ what }) => /password/.test(what)),
      [true],
    );
  });
});
