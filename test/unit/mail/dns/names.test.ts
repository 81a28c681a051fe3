// Small rules about whose is what: marks, zones, places of reports, terms of a domain's senders.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { reportUriProblem } from "../../../../mail/dns/dmarc/reports.ts";
import { zoneOf } from "../../../../mail/dns/record.ts";
import { domainTerms } from "../../../../mail/dns/spf/domainTerms.ts";
import { recordMark, recordOwner } from "../../../../mail/ownership.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";

describe("recordMark", () => {
  it("names the stack, and is read again", () => {
    assert.equal(recordMark("relay/prod"), "Managed by Pulumi: relay/prod");
    assert.equal(recordOwner(recordMark("relay/prod")), "relay/prod");
  });
  for (const comment of [
    "",
    "ask Piet",
    "managed by pulumi: relay/prod",
    "Managed by Pulumi: ",
    "Managed by Pulumi: relay/prod, ask Piet",
    "was: Managed by Pulumi: relay/prod",
    " Managed by Pulumi: relay/prod",
  ]) {
    it(`takes "${comment}" for somebody else's`, () => {
      assert.equal(recordOwner(comment), undefined);
    });
  }
});

describe("zoneOf", () => {
  const zones = ["contoso.com", "mail.contoso.com", "com.example"].map((name) => ({ name }));
  const found: [domain: string, zone: string | undefined][] = [
    ["contoso.com", "contoso.com"],
    ["www.contoso.com", "contoso.com"],
    ["mail.contoso.com", "mail.contoso.com"],
    ["a.b.mail.contoso.com", "mail.contoso.com"],
    ["xmail.contoso.com", "contoso.com"],
    ["xcontoso.com", undefined],
    ["com", undefined],
    ["contoso.com.example", "com.example"],
  ];
  for (const [domain, zone] of found) {
    it(`finds ${zone ?? "none"} for ${domain}, in whatever order they come`, () => {
      assert.equal(zoneOf(domain, zones)?.name, zone);
      assert.equal(zoneOf(domain, zones.toReversed())?.name, zone);
    });
  }
  it("finds none among none", () => assert.equal(zoneOf("contoso.com", []), undefined));
});

describe("reportUriProblem", () => {
  for (const uri of [
    "mailto:dmarc@contoso.com",
    "MAILTO:dmarc@Contoso.com",
    "mailto:d%2Cm@contoso.com",
    "mailto:dmarc@contoso.com?subject=x",
  ]) {
    it(`takes ${uri}`, () => assert.equal(reportUriProblem("rua", uri), undefined));
  }
  const fix = 'use one mailto: URI, e.g. "mailto:dmarc@contoso.com"';
  const refused: [uri: string, rule: string][] = [
    ["", "is not a mailto: URI"],
    ["dmarc@contoso.com", "is not a mailto: URI"],
    ["https://contoso.com/dmarc", "is not a mailto: URI"],
    ["mailto:", "is not a mailto: URI"],
    ["mailto:dmarc", "is not a mailto: URI"],
    ["mailto:a b@contoso.com", "is not a mailto: URI"],
    ["mailto:a@contoso.com,mailto:b@contoso.com", "is more than one URI"],
    ["mailto:a@contoso.com,", "is more than one URI"],
    ["mailto:a@contoso.com!10m", "has a size limit, which receivers ignore"],
    ["mailto:mailto:a@contoso.com", "is not a mailto: URI"],
    ["mailto:a%00@contoso.com", "is not a mailto: URI"],
    ["mailto:a%0D%0A@contoso.com", "is not a mailto: URI"],
    ["mailto:%3Ca@contoso.com%3E", "is not a mailto: URI"],
    ["mailto:a@contoso", "has no domain name after the @"],
    ["mailto:a@192.0.2.1", "has no domain name after the @"],
  ];
  for (const [uri, rule] of refused) {
    it(`refuses "${uri}"`, () => {
      assert.deepEqual(reportUriProblem("rua", uri), { key: "rua", value: uri, rule, fix });
    });
  }
});

describe("domainTerms", () => {
  const sender = (from: string[], ...egress: string[]) =>
    ({ from, egress, authentication: ["staticIp"] }) as unknown as Sender;
  const senders = [
    sender(["a@contoso.com"], "198.51.100.10", "198.51.100.9"),
    sender(["*@contoso.com", "b@mail.contoso.com"], "198.51.100.9"),
    sender(["c@fabrikam.com"], "198.51.100.11"),
    sender(["d@contoso.com"]),
    {
      ...sender(["e@contoso.com"], "198.51.100.12"),
      authentication: ["oauth", "staticIp"],
    } as const,
  ];
  const terms = (domain: string, environment: "global" | "china" = "global") =>
    domainTerms({ name: domain }, { environment, senders });

  it("gives Exchange and the addresses of the domain's own senders that relay, each once, in order", () => {
    assert.deepEqual(terms("contoso.com"), [
      "include:spf.protection.outlook.com",
      "ip4:198.51.100.9",
      "ip4:198.51.100.10",
    ]);
  });
  it("counts neither a domain above nor one below", () => {
    assert.deepEqual(terms("mail.contoso.com").slice(1), ["ip4:198.51.100.9"]);
    assert.deepEqual(terms("com").slice(1), []);
  });
  it("names the cloud's own servers", () => {
    assert.deepEqual(terms("x.example", "china"), ["include:spf.protection.partner.outlook.cn"]);
  });
});
