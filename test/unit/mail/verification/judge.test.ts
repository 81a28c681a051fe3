import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fenceReason } from "../../../../mail/exchange/fence.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { judgedOf, type Outcome } from "../../../../mail/verification/judge.ts";
import { refusalJudgement } from "../../../../mail/verification/refused.ts";
import { isFinal, reasonIn, traceOf } from "../../../../mail/verification/trace.ts";
import type { Trace } from "../../../../mail/verification/verification.ts";

const common = {
  ...{
    adoptMailbox: false,
    requireTls: true,
    restrictToDomains: false,
    fence: false,
    retire: false,
  },
  ...{ egress: [], credentialGeneration: 2 },
};
const erp: Sender = {
  ...{ ...common, name: "erp", from: ["*@contoso.com"], authentication: ["staticIp"] },
  egress: ["198.51.100.7"],
};
const shop: Sender = {
  ...{ ...common, name: "shop", from: ["orders@contoso.com"], authentication: ["oauth"] },
};
const IDENTITY = { issuer: "https://gitlab.com", subject: "s", audience: "a" };
const printer: Sender = { ...shop, name: "printer", authentication: ["password"] };

const row = (Status: string, RecipientAddress = "me@example.com") => ({
  ...{ MessageId: "<1@contoso.com>", MessageTraceId: "t", Status, RecipientAddress },
});
const event = (Event: string, Detail = "", Data = "", minute = 1) => ({
  ...{ Date: `2026-11-29T00:0${minute}:00.0000000Z`, Event, Detail, Data },
});

const accepted: Outcome = {
  handover: {
    ...{ outcome: "accepted", at: "2026-11-29T00:00:00.000Z", reply: "250 2.6.0 ok" },
    ...{ tls: "1.3", dialogue: [] },
  },
  elsewhere: undefined,
  arrival: { outcome: "not found", why: "not at imap.example.com as me within 5 min" },
  trace: { outcome: "not traced", why: "--no-trace was given" },
};

/** How one thing is judged of a message of erp. */
function judged(check: string, change: Partial<Outcome>, sender = erp) {
  const expected = { stack: "prod", tenantId: "t", domains: [], sender };
  const all = judgedOf({ ...accepted, ...change }, expected, { probe: "npm run verify …" });
  const found = all.find((one) => one.check === check);
  assert.ok(found);
  return found;
}

describe("a handover that no reply decides", () => {
  const line = { by: "server", ms: 1, text: "220 ready" } as const;
  for (const [what, reply, dialogue, reason] of [
    ["without a token", "no token: endpoints_resolution_error", [], /^Entra gave no answer/],
    ["without a connection", "connect ECONNREFUSED", [], /^this machine has no SMTP connection/],
    ["that broke off", "Connection closed unexpectedly", [line], /^the connection ended before/],
  ] as const) {
    it(`is told ${what}`, () => {
      const handover = { ...accepted.handover, outcome: "not connected", reply, dialogue } as const;
      const found = judged("handover", { handover: { at: "", tls: undefined, ...handover } });
      assert.ok(found.outcome === "fail");
      assert.match(found.reason, reason);
    });
  }
});

describe("a sender that was stopped", () => {
  const stop = { fact: "was stopped by hand", start: "npm run start -- --sender x" };
  const refusedWith = (reply: string) =>
    ({ ...accepted.handover, outcome: "refused", reply }) as Outcome["handover"];

  it("is told as stopped where it is refused for that, or was not sent here", () => {
    for (const [handover, elsewhere] of [
      [refusedWith("550 5.7.64 TenantAttribution; Relay Access Denied"), undefined],
      [refusedWith("535 5.7.139 Authentication unsuccessful"), undefined],
      [refusedWith("AADSTS7000112: Application 'a' is disabled."), undefined],
      [undefined, "/etc/m365-relay/erp.key is not on this machine"],
    ] as const) {
      const found = judged("handover", { handover, elsewhere, stop });
      assert.ok(found.outcome === "fail");
      assert.equal(found.reason, "the sender was stopped by hand");
      assert.equal(found.resource, "relay-erp-connector");
    }
  });

  it("is not blamed for another refusal, nor where the message was taken", () => {
    const other = judged("handover", { handover: refusedWith("550 5.1.1 No such user"), stop });
    assert.ok(other.outcome === "fail");
    assert.doesNotMatch(other.reason, /stopped/);
    assert.equal(judged("handover", { stop }).outcome, "pass");
  });
});

describe("the trace of a message", () => {
  it("has what happened in order, each state once, and the connector by its name", () => {
    const data =
      '<root><MEP Name="CustomData" Blob="S:tlsversion=TLS1_3;S:InboundConnectorData=Name=relay &amp; co" /></root>';
    const trace = traceOf(
      [row("Delivered"), row("Failed", "b@example.com"), row("Delivered", "c@example.com")],
      [
        [event("Send external", "sent", "", 3), event("Receive", "received", data, 1)],
        [event("Fail", "no", "", 2)],
      ],
    );
    assert.deepEqual(trace, {
      outcome: "traced",
      status: "Delivered, Failed",
      events: [
        {
          at: "2026-11-29T00:01:00.000Z",
          event: "Receive",
          detail: "received",
          connector: "relay & co",
        },
        { at: "2026-11-29T00:02:00.000Z", event: "Fail", detail: "no" },
        { at: "2026-11-29T00:03:00.000Z", event: "Send external", detail: "sent" },
      ],
    });
    assert.equal(isFinal(trace), true);
    assert.equal(isFinal(traceOf([row("Delivered"), row("Pending")], [])), false);
    assert.equal(isFinal(traceOf([row("GettingStatus")], [])), false);
  });

  it("gives the reply that the newest failure rests on", () => {
    const reason = (detail: string) =>
      reasonIn([
        { at: "", event: "DEFER", detail: "[{LED=451 4.4.0 old};{MSG=}]" },
        { at: "", event: "Fail", detail },
      ]);
    const led =
      "Reason: [{LED=550 5.1.1 No such user};{MSG=};{FQDN=mx.example.com};{IP=192.0.2.1};{LRT=}]. OutboundProxyTargetIP: 192.0.2.1";
    assert.equal(reason(led), "550 5.1.1 No such user");
    assert.equal(reason("550 5.7.501 Access denied"), "550 5.7.501 Access denied");
    assert.equal(reasonIn([{ at: "", event: "Send", detail: "ok" }]), undefined);
  });
});

describe("the arrival of a message that nobody found", () => {
  const traced = (status: string, ...events: object[]): Trace =>
    traceOf([row(status)], [events as Record<string, unknown>[]]);

  it("fails where the trace says so, for the reason in it", () => {
    const fail = event("Fail", "[{LED=550 5.1.1 User unknown};{MSG=};{FQDN=};{IP=};{LRT=}]");
    for (const [trace, reason] of [
      [traced("Failed", fail), /address|recipient|mailbox/i],
      [traced("Failed"), /does not say why/],
      [traced("Quarantined"), /into quarantine/],
      [traced("FilteredAsSpam"), /as spam/],
    ] as const) {
      const found = judged("arrival", { trace });
      assert.ok(found.outcome === "fail", JSON.stringify(found));
      assert.match(found.reason, reason);
    }
  });

  it("is unknown where the trace says nothing bad, or nobody looked", () => {
    const defer = event("Defer", "[{LED=452 4.2.2 Mailbox full};{MSG=};{FQDN=};{IP=};{LRT=}]");
    for (const [change, reason] of [
      [{ trace: traced("Delivered") }, /^not at imap\.example\.com/],
      [{ trace: traced("Expanded") }, /is a group/],
      [{ trace: traced("Pending", defer) }, /^Exchange tries again: /],
      [{}, /^not at imap\.example\.com/],
      [
        { arrival: { outcome: "not looked for", why: "no mailbox was given with --imap" } },
        /^no mailbox was given/,
      ],
    ] as const) {
      const found = judged("arrival", change);
      assert.ok(found.outcome === "unknown", JSON.stringify(found));
      assert.match(found.reason, reason);
    }
  });

  it("leaves the headers unknown for the same reason", () => {
    const [arrival, spf] = [judged("arrival", {}), judged("spf", {})];
    assert.ok(arrival.outcome === "unknown" && spf.outcome === "unknown");
    assert.deepEqual([spf.reason, spf.fix], [arrival.reason, arrival.fix]);
    const lost = judged("spf", { trace: traced("Quarantined") });
    assert.ok(lost.outcome === "unknown");
    assert.equal(lost.fix, "fix what arrival says first");
  });

  it("has the connector that the trace names for its attribution, and no other passes", () => {
    const data = (name: string) =>
      `<root><MEP Name="CustomData" Blob="S:InboundConnectorData=Name=${name}" /></root>`;
    const of = (name: string) =>
      judged("attribution", { trace: traced("Delivered", event("Receive", "", data(name))) });
    assert.equal(of("Relay-prod-ERP").outcome, "pass");
    const other = of("somebody's");
    assert.ok(other.outcome === "fail");
    assert.equal(other.resource, "relay-erp-connector");
    assert.equal(judged("attribution", { trace: traced("Delivered") }).outcome, "unknown");
  });

  it("has the tenant of a mailbox's message that never left it, and of no other message", () => {
    const header = (direction: string) =>
      [
        "Received: from a.prod.outlook.com (198.51.100.7) by b.prod.outlook.com with Microsoft SMTP Server; Mon, 23 Nov 2026 10:00:00 +0000",
        `X-MS-Exchange-Organization-MessageDirectionality: ${direction}`,
        "X-MS-Exchange-Organization-AuthAs: Internal",
        "From: orders@contoso.com",
      ].join("\r\n");
    const of = (direction: string, trace: Trace) => {
      const arrival = { outcome: "arrived", where: "a, Inbox", folder: "inbox" } as const;
      return judged(
        "attribution",
        { arrival: { ...arrival, header: header(direction) }, trace },
        shop,
      ).outcome;
    };
    assert.equal(of("Originating", traced("Delivered")), "pass");
    assert.equal(of("Originating", accepted.trace), "unknown");
    assert.notEqual(of("Incoming", traced("Delivered")), "pass");
  });
});

describe("a refusal of a message that was sent as the outputs say", () => {
  it("names a resource, and no cause that lies in a client", () => {
    for (const [text, sender, resource, without] of [
      [
        "550 5.7.64 TenantAttribution; Relay Access Denied",
        erp,
        "relay-erp-connector",
        /IPv6|MAIL FROM is not/,
      ],
      [
        "535 5.7.3 Authentication unsuccessful",
        shop,
        "relay-shop-exchange-principal",
        /user in XOAUTH2|another scope/,
      ],
      ["535 5.7.3 Authentication unsuccessful", printer, "relay-printer-user", /OAuth/],
      [
        "AADSTS7000222: The provided client secret keys are expired.",
        shop,
        "relay-shop-secret-2",
        /x{9}/,
      ],
      [
        "AADSTS700027: The certificate is not registered on application.",
        {
          ...shop,
          signInCertificate: [{ certificate: "PEM" }, { certificate: "PEM", name: "renewed" }],
        },
        "relay-shop-certificate, relay-shop-certificate-renewed",
        /x{9}/,
      ],
      [
        "AADSTS700213: No matching federated identity record found.",
        {
          ...{ ...shop, credentialGeneration: 1 },
          federatedIdentity: [IDENTITY, { ...IDENTITY, subject: "t", name: "staging" }],
        },
        "relay-shop-federated-identity, relay-shop-federated-identity-staging",
        /x{9}/,
      ],
      ["AADSTS700016: Application was not found.", shop, "relay-shop-app", /x{9}/],
      ["AADSTS999999: Something new.", shop, "relay-shop-app", /x{9}/],
    ] as const) {
      const found = refusalJudgement(text, { sender, stack: "lab" });
      assert.equal(found.resource, resource, text);
      assert.doesNotMatch(found.reason, without);
    }
  });

  it("names none of the stack's for what a receiver says, and for what nobody knows", () => {
    for (const text of ["550 5.1.1 User unknown", "599 9.9.9 Purple"]) {
      assert.equal(refusalJudgement(text, { sender: erp, stack: "lab" }).resource, undefined, text);
    }
  });
});

describe("a message that a fence refused", () => {
  const by = (fenced: string) =>
    refusalJudgement(`550 5.7.950 TRANSPORT.RULES.RejectMessage; ${fenceReason(fenced)}`, {
      ...{ sender: erp, stack: "prod" },
    });

  it("names the fence of the sender itself", () => {
    const { resource, reason } = by("erp");
    assert.equal(resource, "relay-erp-fence");
    assert.match(reason, /^the sender's fence refused the message: /);
  });
  it("names the fence of another sender that has the address, and what lets the message pass", () => {
    const { resource, reason, fix } = by("scanners");
    assert.equal(resource, "relay-scanners-fence");
    assert.match(reason, /^the message came from an address of sender "scanners", /);
    assert.match(fix, /add the address to its egress too/);
  });
});
