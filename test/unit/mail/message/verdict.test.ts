// What is said of a sender's message: each check passes where the headers say so, fails with the resource to mend, and is
// unknown where nobody who can be believed says anything.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fieldsOf } from "../../../../mail/message/fields.ts";
import type { Expected } from "../../../../mail/message/reading.ts";
import { type Check, verdictsOf } from "../../../../mail/message/verdict.ts";
import { visible } from "../../../../mail/message/visible.ts";
import { sender } from "./sender.ts";

const sample = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, "../../../message/samples", `${name}.eml`), "utf8");

const expected: Expected = {
  stack: "prod",
  tenantId: "aaaabbbb-0000-cccc-1111-dddd2222eeee",
  sender,
  domains: [
    {
      name: "contoso.com",
      dns: { host: "external" },
      dkim: { records: "publish" },
      dmarc: { rua: [], adopt: false },
      unmanaged: [],
      retire: false,
    },
  ],
};

/** The verdicts of a text by check, `fail relay-contoso.com-spf`. */
function judged(text: string, other: Partial<Expected> = {}): Record<Check, string> {
  const verdicts = verdictsOf(fieldsOf(text), { ...expected, ...other });
  for (const verdict of verdicts) {
    if (verdict.outcome !== "pass") assert.ok(verdict.reason !== "" && verdict.fix !== "");
  }
  return Object.fromEntries(
    verdicts.map((one) => [
      one.check,
      one.outcome === "fail" ? `fail ${one.resource ?? "-"}` : one.outcome,
    ]),
  ) as Record<Check, string>;
}

const good: Record<Check, string> = {
  ...{ spf: "pass", dkim: "pass", dmarc: "pass", alignment: "pass", arc: "pass" },
  ...{ tls: "pass", attribution: "pass", hops: "pass", pool: "pass", placement: "unknown" },
};

describe("the verdict of a message", async () => {
  const relayed = await sample("gmail-relayed");
  it("passes what the receiver and Exchange say", () => assert.deepEqual(judged(relayed), good));
  it("takes the folder from the mailbox's own server at Exchange, and from nobody's field elsewhere", async () => {
    const field = (place: string) =>
      `X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;jmr:0;auth:0;dest:${place};ENG:(1);\r\n`;
    const report = "X-Forefront-Antispam-Report: SCL:1;SFV:NSPM;CAT:NONE;DIR:INB;\r\n";
    const outside = await sample("exchange-outside");
    const placement = (place: string) =>
      judged(outside.replace("From: ERP", `${report}${field(place)}From: ERP`)).placement;
    assert.deepEqual([placement("I"), placement("J"), placement("X")], ["pass", "fail -", "pass"]);
    assert.equal(
      judged(relayed.replace("From: ERP", `${field("I")}From: ERP`)).placement,
      "unknown",
    );
  });
  it("does not blame DKIM for a message that stayed in the tenant, as Exchange signs what leaves", async () => {
    const inside = await sample("exchange-inside");
    const { spf, dkim, alignment, attribution, pool } = judged(inside);
    assert.deepEqual([spf, alignment, attribution], ["pass", "pass", "pass"]);
    assert.deepEqual([dkim, pool], ["not applicable", "not applicable"]);
    const incoming = inside.replace(
      "MessageDirectionality: Originating",
      "MessageDirectionality: Incoming",
    );
    assert.equal(judged(incoming).dkim, "fail relay-contoso.com-dkim");
  });
  it("knows the tenant by X-EOPTenantAttributedMessage too", async () => {
    const inside = await sample("exchange-inside");
    const named = (tenant: string) =>
      judged(
        inside.replace(
          /X-MS-Exchange-CrossTenant-Id: .*/,
          `X-EOPTenantAttributedMessage: ${tenant}:0`,
        ),
      ).attribution;
    assert.equal(named(expected.tenantId), "pass");
    assert.equal(named("00000000-0000-cccc-1111-dddd2222eeee"), "fail relay-erp-connector");
    assert.equal(named("nobody"), "unknown");
  });
  it("blames nothing that Exchange does not check between mailboxes of one tenant", () => {
    const results =
      "Authentication-Results: dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=contoso.com;";
    const text = [
      results,
      "Received: from DM4PR11MB6360.namprd11.prod.outlook.com (2603:10b6:610:112::22) by DM4PR11MB7000.namprd11.prod.outlook.com (2603:10b6:a03:2a0::24) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.9520.5; Mon, 23 Nov 2026 10:00:01 +0000",
      "Received: from [192.0.2.7] (198.51.100.7) by CY5PR15CA0056.namprd15.prod.outlook.com (2603:10b6:930:4b::25) with Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.9520.1 via Frontend Transport; Mon, 23 Nov 2026 10:00:00 +0000",
      "X-MS-Exchange-Organization-MessageDirectionality: Originating",
      "X-MS-Exchange-Organization-AuthAs: Internal",
      "From: API <api@contoso.com>",
      "",
    ].join("\r\n");
    const found = judged(text, { sender: { ...sender, authentication: ["oauth"] } });
    const { spf, dkim, dmarc, alignment, pool } = found;
    assert.deepEqual([spf, dkim, dmarc, alignment, pool], Array(5).fill("not applicable"));
    assert.equal(found.attribution, "unknown", "by a mailbox, but nobody says of which tenant");
    const { dmarc: outside } = judged(text.replace("Originating", "Incoming"));
    assert.equal(outside, "fail relay-contoso.com-dmarc");
  });
  it("is all green where the folder is told", () => {
    assert.deepEqual(judged(relayed, { folder: "inbox" }), { ...good, placement: "pass" });
  });

  /** A change of the message or of the stack, and what it changes in the verdict. */
  const changes: [string, (text: string) => string, Partial<Expected>, Partial<typeof good>][] = [
    [
      "the newest ARC set is not the receiver's",
      (text) => text.replace("ARC-Seal: i=2", "X-Other: i=2"),
      {},
      { arc: "pass" },
    ],
    [
      "a forwarder says that the chain is valid",
      (text) =>
        `${text.split(/\r?\n\r?\n/)[0]?.trimEnd()}\nARC-Seal: i=3; cv=pass; d=list.example; b=aaaa\n\n`,
      {},
      { arc: "unknown" },
    ],
    [
      "SPF fails",
      (text) => text.replace("spf=pass (google.com: domain", "spf=fail (google.com: domain"),
      {},
      { spf: "fail relay-contoso.com-spf" },
    ],
    [
      "DNS failed at the receiver",
      (text) => text.replace("spf=pass (google.com: domain", "spf=temperror (google.com: domain"),
      {},
      { spf: "unknown" },
    ],
    [
      "Exchange's own domain signed",
      (text) => text.replaceAll("header.i=@contoso.com", "header.i=@contoso.onmicrosoft.com"),
      {},
      { dkim: "fail relay-contoso.com-dkim" },
    ],
    [
      "the signature is broken, and SPF passes for another domain",
      (text) =>
        text
          .replaceAll("dkim=pass", "dkim=fail")
          .replaceAll("smtp.mailfrom=erp@contoso.com", "smtp.mailfrom=a@fabrikam.com")
          .replace("dmarc=pass (p=", "dmarc=fail (p="),
      {},
      {
        dkim: "fail relay-contoso.com-dkim",
        dmarc: "fail relay-contoso.com-dmarc",
        alignment: "fail relay-erp",
      },
    ],
    [
      "another tenant's connector took it",
      (text) => text,
      { tenantId: "11111111-1111-1111-1111-111111111111" },
      { attribution: "fail relay-erp-connector" },
    ],
    [
      "no connector took it",
      (text) => text.replace("Header: HybridOnPrem", "Header: Internet"),
      {},
      { attribution: "fail relay-erp-connector" },
    ],
    [
      "another address of the connector's",
      (text) => text,
      { sender: { ...sender, egress: ["192.0.2.1"] } },
      { attribution: "fail relay-erp-connector" },
    ],
    [
      "a connector took what is to sign in",
      (text) => text,
      { sender: { ...sender, from: ["erp@contoso.com"], authentication: ["oauth"] } },
      { attribution: "fail relay-erp-mailbox" },
    ],
    [
      "the server talked to Exchange without TLS",
      (text) =>
        text.replace(
          /\(10\.167\.16\.136\) with Microsoft SMTP\s+Server \([^)]*\)/,
          "(10.167.16.136) with Microsoft SMTP Server",
        ),
      {},
      { tls: "fail relay-erp-connector" },
    ],
    [
      "it waited for an hour",
      (text) => text.replace("02:00:04 -0800", "03:00:04 -0800").replace("02:00:05", "03:00:05"),
      {},
      { hops: "fail -" },
    ],
    [
      "a clock is off",
      (text) => text.replace("02:00:04 -0800", "01:00:04 -0800").replace("02:00:05", "01:00:05"),
      {},
      { hops: "fail -" },
    ],
    [
      "Exchange took it for spam",
      (text) => text.replace("SFV:NSPM", "SFV:SPM").replace("SCL:1;", "SCL:6;"),
      {},
      { pool: "fail -" },
    ],
    ["it was found in junk", (text) => text, { folder: "junk" }, { placement: "fail -" }],
    ["the chain is broken", (text) => text.replace("cv=pass", "cv=fail"), {}, { arc: "fail -" }],
    [
      "a second From",
      (text) => `${text}From: ceo@contoso.com\n`,
      {},
      { dkim: "unknown", dmarc: "unknown", alignment: "unknown" },
    ],
  ];
  for (const [what, change, other, difference] of changes) {
    it(`tells that ${what}`, () => {
      if (
        other.tenantId === undefined &&
        other.sender === undefined &&
        other.folder === undefined
      ) {
        assert.notEqual(change(relayed), relayed);
      }
      assert.deepEqual(judged(change(relayed), other), { ...good, ...difference });
    });
  }

  it("blames the sender, and no record, where From is in a domain of somebody else", () => {
    const text = relayed
      .replace(/^From: .*$/m, "From: erp@fabrikam.example")
      .replaceAll("header.from=contoso.com", "header.from=fabrikam.example")
      .replaceAll("dmarc=pass (p=", "dmarc=fail (p=");
    const of = judged(text);
    assert.equal(of.dkim, "fail relay-erp-connector");
    assert.equal(of.dmarc, "fail relay-erp-connector");
    assert.equal(of.alignment, "fail relay-erp-connector");
    assert.equal(of.spf, "pass");
  });

  it("tells why DMARC fails where SPF and DKIM pass for a domain of the same organisation", () => {
    const below = relayed
      .replace(/^From: .*$/m, "From: erp@mail.contoso.com")
      .replaceAll("header.from=contoso.com", "header.from=mail.contoso.com")
      .replaceAll("dmarc=pass (p=", "dmarc=fail (p=");
    const dmarc = verdictsOf(fieldsOf(below), expected).find(({ check }) => check === "dmarc");
    assert.ok(dmarc?.outcome === "fail");
    assert.equal(dmarc.resource, "relay-mail.contoso.com-dmarc");
    assert.match(
      dmarc.reason,
      /^SPF and DKIM passed only for a parent domain or a subdomain of mail\.contoso\.com/,
    );
  });
  it("reads the sender's own report where the receiver is Exchange too, and not the receiver's", () => {
    const between = (verdict: string) =>
      judged(
        [
          "Received: from AM0PR02CU008.outbound.protection.outlook.com (40.107.1.2) by",
          " AM2PEPF0001.mail.protection.outlook.com (10.0.0.1) with Microsoft SMTP Server; Mon, 23 Nov 2026 10:00:00 +0000",
          "X-Forefront-Antispam-Report: CIP:40.107.1.2;SCL:1;SFV:NSPM;CAT:NONE;DIR:INB;",
          `X-Forefront-Antispam-Report-Untrusted: CIP:255.255.255.255;SFV:${verdict};DIR:OUT;SFP:1101;`,
          "From: erp@contoso.com",
          "",
          "",
        ].join("\n"),
      ).pool;
    assert.equal(between("NSPM"), "pass");
    assert.equal(between("SPM"), "fail -");
    assert.equal(between(""), "unknown");
  });

  it("tells the relay pool", async () =>
    assert.equal(judged(await sample("gmail-relay-pool")).pool, "fail relay-contoso.com"));
  it("passes a mailbox's mail for a sender that signs in", async () => {
    const signsIn = { ...sender, from: ["erp@contoso.com"], authentication: ["oauth"] as const };
    assert.equal(judged(await sample("submitted"), { sender: signsIn }).attribution, "pass");
  });
  it("tells a connector's mail to the tenant's own mailboxes, and the folder", async () => {
    const { attribution, placement } = judged(await sample("exchange-inside"));
    assert.deepEqual([attribution, placement], ["pass", "pass"]);
  });
  it("believes nobody's attribution but Exchange's", async () =>
    assert.equal(judged(await sample("gmail-forged-attribution")).attribution, "unknown"));
  it("knows nothing of what only forged fields say", async () => {
    for (const name of ["helo-forged", "exchange-no-results-forged", "arc-only"]) {
      const { spf, dkim, dmarc, alignment } = judged(await sample(name));
      assert.deepEqual([spf, dkim, dmarc, alignment], Array(4).fill("unknown"), name);
    }
  });
  it("knows nothing of an empty header", () => {
    const { arc, ...others } = judged("");
    assert.equal(arc, "pass");
    assert.deepEqual(new Set(Object.values(others)), new Set(["unknown"]));
  });
});

describe("hostile headers", () => {
  const hop = (index: number) =>
    `Received: from a${index}.example (a [203.0.113.1]) by b.example with ESMTPS id ${index}; Mon, 23 Nov 2026 10:00:00 +0000\n`;
  it("of 10,000 hops are a loop", () => {
    const text = Array.from({ length: 10_000 }, (_, index) => hop(index)).join("");
    assert.equal(judged(text).hops, "fail -");
  });
  for (const [what, line] of [
    ["open parentheses", "("],
    ["quotation marks", '"'],
    ["semicolons", ";"],
    ["clauses", "from by "],
    ["equals signs", "a.a="],
    ["brackets", "<@"],
    ["colons", "1:"],
    ["NUL and escape", "\0\u001b[31m"],
    ["surrogates", "\ud800"],
  ] as const) {
    it(`with a line of 1 MB of ${what} are read`, () => {
      const long = line.repeat(Math.ceil(1_000_000 / line.length));
      for (const name of [
        "Received",
        "Authentication-Results",
        "From",
        "ARC-Seal",
        "X-Forefront-Antispam-Report",
      ]) {
        assert.notEqual(judged(`${name}: ${long}\n${hop(1)}`).dkim, "pass");
      }
    });
  }
  it("are shown without control characters, and cut", () => {
    assert.equal(
      visible("a\u001b[2J\r\n\u202eb\u009b"),
      "a\\u{1b}[2J\\u{d}\\u{a}\\u{202e}b\\u{9b}",
    );
    assert.equal(visible("x".repeat(10_000)).length, 301);
  });
});
