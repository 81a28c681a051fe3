// What doctor says of what stands between a sender and the outside: blocks, mailboxes, limits, rules, journals and gateways.
import { describe, it } from "node:test";
import {
  judgeBlockedConnector,
  judgeRestrictedSender,
} from "../../../../mail/doctor/exchange/blocked.ts";
import type { RuledSender } from "../../../../mail/doctor/exchange/flowRule.ts";
import { judgeFlowRule } from "../../../../mail/doctor/exchange/flowRules.ts";
import { type JournalRule, judgeJournal } from "../../../../mail/doctor/exchange/journal.ts";
import {
  judgeMailbox,
  type SeenMailbox,
  type SenderMailbox,
} from "../../../../mail/doctor/exchange/mailbox.ts";
import {
  judgeOutboundConnector,
  type OutboundConnector,
} from "../../../../mail/doctor/exchange/outboundConnector.ts";
import { judgeSendingLimit } from "../../../../mail/doctor/exchange/sendingLimit.ts";
import { expectFindings } from "./expectFindings.ts";

describe("doctor of restricted entities", () => {
  it("knows a blocked connector", () =>
    expectFindings(
      [undefined, "", "Suspicious"].map((reason) =>
        judgeBlockedConnector({ name: "relay-prod-erp", guid: "g1" }, reason),
      ),
      [
        'ok connector "relay-prod-erp" is not blocked',
        "error is blocked as compromised; 5\\.7\\.711; Remove-BlockedConnector -ConnectorId 'g1'",
        "error compromised \\(Suspicious\\); 5\\.7\\.711; restrictedentities",
      ],
    ));

  it("knows a restricted sender", () =>
    expectFindings(
      [undefined, "spam"].map((reason) => judgeRestrictedSender("a@contoso.com", reason)),
      [
        "ok a@contoso.com is not restricted",
        "error restricted sender \\(spam\\); 5\\.1\\.8; Remove-BlockedSenderAddress -SenderAddress 'a@contoso.com'",
      ],
    ));
});

describe("doctor of a sender's mailbox", () => {
  const seen: SeenMailbox = {
    ...{ size: "1.5 GB (1,610,612,736 bytes)", sendQuota: "49.5 GB (53,150,220,288 bytes)" },
    ...{ copiesSent: false, accountDisabled: true, forwardsTo: "", isHeld: false },
    createdAt: "2026-01-01T00:00:00Z",
  };
  const now = new Date("2026-11-27T00:00:00Z");
  const mailbox: SenderMailbox = {
    ...{ sender: "a", address: "a@contoso.com", isAdopted: false, hasPassword: false, seen },
  };
  const OK = "ok a@contoso.com holds 1\\.5 GB of 49\\.5 GB";
  const cases: readonly (readonly [
    title: string,
    change: Partial<SeenMailbox> | undefined,
    of: Partial<SenderMailbox>,
    ...expected: readonly string[],
  ])[] = [
    ["with room", {}, {}, OK],
    ["without an end", { sendQuota: "Unlimited" }, {}, "ok of Unlimited"],
    ["that is gone", undefined, {}, "error Exchange has no mailbox; .*; up"],
    ["of others, that is gone", undefined, { isAdopted: true }, "error no mailbox; .*; create"],
    [
      "that is full in 64 days if it grows as in its first two",
      { createdAt: "2026-11-25T00:00:00Z" },
      {},
      OK,
    ],
    [
      "that is full in 89 days if it grows on",
      { createdAt: "2026-11-19T00:00:00Z", size: "4.1 GB (4,402,341,478 bytes)" },
      {},
      "warning holds 4\\.1 GB of 49\\.5 GB, and is full about 2027-02-23; 554 5\\.2\\.2; empty it",
    ],
    [
      "that is full in 91 days if it grows on",
      { createdAt: "2026-11-19T00:00:00Z", size: "4 GB (4,294,967,296 bytes)" },
      {},
      "ok a@contoso.com holds 4 GB",
    ],
    ["of an unknown age", { createdAt: "" }, {}, OK],
    [
      "that fills",
      { size: "42 GB (45,097,156,608 bytes)" },
      {},
      "warning holds 42 GB of 49\\.5 GB; 554 5\\.2\\.2; empty it",
    ],
    [
      "that is full",
      { size: "50 GB (53,687,091,200 bytes)" },
      { isAdopted: true },
      "error it is full; 554 5\\.2\\.2; 5\\.2\\.251; MessageCopyForSMTPClientSubmissionEnabled:\\$false",
    ],
    ["whose size is not shown", { size: "" }, {}, "unknown how full; sends nothing; look"],
    [
      "that keeps copies",
      { copiesSent: true },
      {},
      OK,
      "warning keeps a copy; full mailbox sends nothing; up",
    ],
    ["of others, that keeps copies", { copiesSent: true }, { isAdopted: true }, OK],
    [
      "whose account may sign in",
      { accountDisabled: false },
      {},
      OK,
      "warning the account of .* is enabled; .*; up",
    ],
    ["of a user", { accountDisabled: false }, { hasPassword: true }, OK],
    [
      "of a user who may not sign in",
      {},
      { hasPassword: true },
      OK,
      "error is disabled; 5\\.7\\.139; npm run start -- --stack NAME --sender a if .* Active users",
    ],
    [
      "on hold",
      { isHeld: true },
      {},
      OK,
      "warning litigation hold; fills; Set-Mailbox -Identity 'a@contoso.com' -LitigationHoldEnabled:\\$false",
    ],
    [
      "that forwards",
      { forwardsTo: "b@fabrikam.com" },
      {},
      OK,
      "warning forwards its mail to b@fabrikam.com; non-delivery; -ForwardingSmtpAddress \\$null",
    ],
  ];
  for (const [title, change, of, ...expected] of cases) {
    it(title, () =>
      expectFindings(
        judgeMailbox({ ...mailbox, ...of, seen: change && { ...seen, ...change } }, now),
        expected,
      ),
    );
  }
});

describe("doctor of how much a mailbox may send", () => {
  const limit = { name: "relay-prod-shop", perDay: 1000, externalPerHour: 1000 };
  const cases: readonly (readonly [
    title: string,
    need: number | undefined,
    limit: Parameters<typeof judgeSendingLimit>[3],
    expected: string,
  ])[] = [
    ["enough", 500, limit, 'ok "relay-prod-shop" lets a@contoso.com send to 1000 recipients'],
    [
      "too little of its own",
      500,
      { ...limit, perDay: 100 },
      "error 100 recipients a day; 5\\.1\\.8; up",
    ],
    [
      "too little by the hour",
      500,
      { ...limit, name: "Strict", perDay: 0, externalPerHour: 10 },
      'error "Strict" lets a@contoso.com send to 240 recipients a day; 5\\.1\\.8; administrator',
    ],
    [
      "by another policy",
      500,
      { ...limit, name: "Default" },
      "warning Default.*own; credential; up",
    ],
    [
      "without a need",
      undefined,
      { ...limit, name: "Default", perDay: 0, externalPerHour: 0 },
      "ok service allows",
    ],
    ["by none that is shown", 500, undefined, "unknown no outbound spam policy; .*; antispam"],
  ];
  for (const [title, need, seen, expected] of cases) {
    it(title, () => {
      const ours = need === undefined ? undefined : "relay-prod-shop";
      expectFindings([judgeSendingLimit("a@contoso.com", need, ours, seen)], [expected]);
    });
  }
});

describe("doctor of a mail flow rule", () => {
  const NAMESPACE = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks";
  const shop: RuledSender = {
    ...{ sender: "shop", from: ["shop@contoso.com"], egress: [], signsIn: true },
  };
  const erp: RuledSender = {
    ...{ sender: "erp", from: ["*@contoso.com"], egress: ["198.51.100.7"], signsIn: false },
  };
  const REJECT = { RejectMessageReasonText: "no" };
  const cases: readonly (readonly [
    title: string,
    properties: Readonly<Record<string, unknown>>,
    ...expected: readonly string[],
  ])[] = [
    [
      "without a condition, that rejects",
      REJECT,
      "error rule \"r\" matches mail of senders \"shop\", \"erp\", and rejects it; TRANSPORT\\.RULES; Set-TransportRule -Identity 'r' -ExceptIfFrom @\\('shop@contoso.com'\\) -ExceptIfSenderIpRanges @\\('198.51.100.7'\\)",
    ],
    ["that is off", { ...REJECT, State: "Disabled" }],
    ["that only tests", { ...REJECT, Mode: "AuditAndNotify" }],
    ["for another domain", { ...REJECT, SenderDomainIs: ["fabrikam.com"] }],
    [
      "for the domain above",
      { ...REJECT, SenderDomainIs: ["com"] },
      "error shop.*erp.*rejects; .*",
    ],
    [
      "for one sender",
      { DeleteMessage: true, From: ["Shop@contoso.com"], ExceptIfFrom: ["x@contoso.com"] },
      "error deletes; .*ExceptIfFrom @\\('x@contoso.com', 'shop@contoso.com'\\)",
    ],
    [
      "that excepts the sender",
      { ...REJECT, From: ["shop@contoso.com"], ExceptIfSenderDomainIs: ["contoso.com"] },
    ],
    [
      "for an address of a sender that may be any",
      { ...REJECT, From: ["boss@contoso.com"] },
      'warning may match mail of sender "erp", and then rejects it; .*',
    ],
    [
      "for mail from inside",
      { ...REJECT, FromScope: "InOrganization" },
      "error matches mail of sender .*, and rejects it; .*",
    ],
    [
      "for mail from outside",
      { ...REJECT, FromScope: "NotInOrganization" },
      'warning may match mail of sender "erp", and then rejects it; .*',
    ],
    [
      "for the sender's address",
      { ...REJECT, SenderIpRanges: ["198.51.100.0/24"], SenderDomainIs: ["contoso.com"] },
      "error rejects; .*",
    ],
    [
      "for what the content decides",
      { ...REJECT, Conditions: [`${NAMESPACE}.SubjectContainsPredicate`] },
      "warning may match .*, and then rejects it; .*",
    ],
    [
      "for words in addresses, which Exchange names in another way",
      {
        ...REJECT,
        Conditions: [`${NAMESPACE}.FromAddressContainsPredicate`],
        FromAddressContainsWords: ["shop@"],
      },
      "error rejects; .*",
    ],
    [
      "that may be excepted",
      { ...REJECT, Exceptions: [`${NAMESPACE}.HeaderContainsPredicate`] },
      "warning may match .*, and then rejects it; .*",
    ],
    ["that redirects", { RedirectMessageTo: ["x@y.com"] }, "error redirects it to x@y.com; .*"],
    ["that quarantines", { Quarantine: true }, "error quarantines; .*"],
    [
      "that routes",
      { RouteMessageOutboundConnector: "Gateway" },
      'warning sends it through outbound connector "Gateway"; SPF fails; .*',
    ],
    [
      "that adds a disclaimer",
      { ApplyHtmlDisclaimerText: "c" },
      "ok disclaimer; signs with DKIM afterwards",
    ],
    [
      "that does something new",
      { Actions: [`${NAMESPACE}.TeleportAction`] },
      "warning acts on mail; .*; Get-TransportRule -Identity 'r'",
    ],
  ];
  for (const [title, properties, ...expected] of cases) {
    it(title, () =>
      expectFindings(judgeFlowRule({ name: "r", properties }, [shop, erp]), expected),
    );
  }
});

describe("doctor of journaling", () => {
  const rule: JournalRule = {
    ...{ name: "Archive", enabled: true, recipient: "", journalEmailAddress: "j@archive.example" },
  };
  const cases: readonly (readonly [
    title: string,
    rules: readonly JournalRule[],
    ndrTo: string | undefined,
    expected: string,
  ])[] = [
    ["without rules", [], "<>", "ok no journal rule"],
    ["of others", [{ ...rule, recipient: "x@contoso.com" }], "<>", "ok no journal rule"],
    ["that is off", [{ ...rule, enabled: false }], "<>", "ok no journal rule"],
    ["of everybody", [rule], "ndr@contoso.com", 'ok journaled: "Archive" to j@archive.example'],
    ["without a way for reports", [rule], "<>", "warning JournalingReportNdrTo is empty; .*"],
    ["that does not show it", [rule], undefined, "unknown not shown; .*"],
    ["whose reports go to a sender", [], "Shop@contoso.com", "warning the mailbox of a sender; .*"],
  ];
  for (const [title, rules, ndrTo, expected] of cases) {
    it(title, () => expectFindings(judgeJournal(rules, ndrTo, ["shop@contoso.com"]), [expected]));
  }
});

describe("doctor of an outbound connector", () => {
  const gateway: OutboundConnector = {
    ...{ name: "Gateway", enabled: true, testMode: false, recipientDomains: ["*"] },
    ...{ smartHosts: ["gw.example"], useMXRecord: false, isTransportRuleScoped: false },
    ...{ routeAllMessagesViaOnPremises: false, tlsSettings: "" },
  };
  const cases: readonly (readonly [
    title: string,
    change: Partial<OutboundConnector>,
    ...expected: readonly string[],
  ])[] = [
    [
      "with a gateway for all",
      {},
      "warning every domain outside through gw.example; SPF fails.*DKIM fails; contoso.com.*Set-OutboundConnector -Identity 'Gateway' -Enabled:\\$false",
    ],
    [
      "that routes all through the organisation's servers",
      {
        recipientDomains: [],
        smartHosts: [],
        useMXRecord: true,
        routeAllMessagesViaOnPremises: true,
      },
      "warning the organisation's own servers; .*",
    ],
    [
      "for one domain",
      { recipientDomains: ["fabrikam.com"] },
      "ok fabrikam.com through gw.example",
    ],
    ["that is off", { enabled: false }],
    ["in test mode", { testMode: true }],
    ["of a rule", { isTransportRuleScoped: true }],
    [
      "that demands a certificate",
      { useMXRecord: true, tlsSettings: "CertificateValidation" },
      "warning requires TLS \\(CertificateValidation\\); without a valid certificate; RecipientDomains",
    ],
    ["to the MX", { useMXRecord: true }, "ok to the domain's MX"],
  ];
  for (const [title, change, ...expected] of cases) {
    it(title, () =>
      expectFindings(judgeOutboundConnector({ ...gateway, ...change }, ["contoso.com"]), expected),
    );
  }
});
