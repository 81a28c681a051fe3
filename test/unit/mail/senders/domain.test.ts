// Domains to send from, and names of certificates within them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  canonicalDomain,
  certificateNameProblem,
  certificateNotAccepted,
  domainNotAccepted,
  domainProblem,
  isMicrosofts,
  isWithin,
  sendingDomainProblem,
} from "../../../../mail/senders/domain.ts";

describe("canonicalDomain", () => {
  it("is in lower case, without spaces or a dot around it", () =>
    assert.equal(canonicalDomain(" Relay.Contoso.COM. "), "relay.contoso.com"));
});

describe("domainProblem", () => {
  const alone = 'write the domain alone, e.g. "contoso.com"';
  for (const fine of [
    ...["contoso.com", "a-b.contoso.co.uk", "Contoso.COM", "contoso.com.", "365.contoso.com"],
    ...["contoso.7.com", "contoso.a1", "contoso.1a", `${"a".repeat(63)}.com`],
    `${"a.".repeat(126)}a`,
  ]) {
    it(`takes ${fine}`, () => assert.equal(domainProblem("d", fine), undefined));
  }
  for (const value of [
    ...["contoso", "-a.com", "a-.com", "a..com", "a b.com", "a_b.com", "*.com", "", "."],
    ...["198.51.100.7", "198.51.100.77", "contoso.365", `${"a".repeat(64)}.com`],
    `${"a.".repeat(126)}aa`,
  ]) {
    it(`refuses ${JSON.stringify(value)}`, () =>
      assert.deepEqual(domainProblem("d", value), {
        ...{ key: "d", value, rule: "is not a domain name", fix: alone },
      }));
  }
  const odd: [value: string, rule: string, fix: string][] = [
    [
      "münchen.de",
      "has characters that are not ASCII (U+00FC)",
      'write its ASCII form, "xn--mnchen-3ya.de"',
    ],
    ["münchen", "has characters that are not ASCII (U+00FC)", alone],
    [
      "con\u2013toso.com",
      "has the dash \u2013 (U+2013), which only looks like a hyphen",
      'replace it by "-"',
    ],
  ];
  for (const [value, rule, fix] of odd) {
    it(`names the character of ${value}`, () =>
      assert.deepEqual(domainProblem("d", value), { key: "d", value, rule, fix }));
  }
});

describe("sendingDomainProblem", () => {
  for (const value of [
    ...["contoso.onmicrosoft.com", "Contoso.OnMicrosoft.com.", "contoso.onmicrosoft.us"],
    ...["contoso.onmicrosoft.de", "contoso.partner.onmschina.cn"],
  ]) {
    it(`refuses Microsoft's ${value}`, () => {
      assert.ok(isMicrosofts(value));
      assert.deepEqual(sendingDomainProblem("d", value), {
        ...{ key: "d", value },
        rule: "is Microsoft's own domain, in whose zone nobody else can publish records, and from which a tenant sends to 100 external recipients a day (550 5.7.236)",
        fix: "use a domain of your own that is verified in the tenant",
      });
    });
  }
  it("takes a domain that only ends alike, and refuses what is none", () => {
    assert.equal(sendingDomainProblem("d", "my-onmicrosoft.com"), undefined);
    assert.equal(sendingDomainProblem("d", "contoso")?.rule, "is not a domain name");
  });
});

describe("isWithin", () => {
  const cases: [domain: string, parent: string, isWithin: boolean][] = [
    ["relay.contoso.com", "contoso.com", true],
    ["CONTOSO.com", "contoso.com.", true],
    ["notcontoso.com", "contoso.com", false],
    ["com", "contoso.com", false],
    ["contoso.com.example", "contoso.com", false],
  ];
  for (const [domain, parent, expected] of cases) {
    it(`${domain} is ${expected ? "" : "not "}in ${parent}`, () =>
      assert.equal(isWithin(domain, parent), expected));
  }
});

describe("the name of a certificate", () => {
  const ofCertificate =
    'use the subject or alternative name of the certificate that the server presents, e.g. "relay.contoso.com"';
  for (const fine of ["relay.contoso.com", "*.contoso.com", "Relay.Contoso.com"]) {
    it(`can be ${fine}`, () => assert.equal(certificateNameProblem("c", fine), undefined));
  }
  const isAddress = "is an IP address, but certificates are matched by name";
  const wildcard =
    "has a wildcard, which Exchange takes only as the whole first label (*.contoso.com)";
  const refused: [rule: string, values: string[]][] = [
    [isAddress, ["198.51.100.7", "2001:db8::1"]],
    [wildcard, ["*", "*.*.contoso.com", "relay.*.contoso.com", "re*.contoso.com"]],
    ["is not a certificate name", ["relay", "", "CN=198.51.100.7", "CN=relay", "CN=", "x-dns:a.b"]],
  ];
  for (const [rule, values] of refused) {
    for (const value of values) {
      it(`can't be ${JSON.stringify(value)}`, () =>
        assert.deepEqual(certificateNameProblem("c", value), {
          ...{ key: "c", value, rule, fix: ofCertificate },
        }));
    }
  }
  for (const [value, name] of [
    ["CN=relay.contoso.com", "relay.contoso.com"],
    ["cn = relay.contoso.com", "relay.contoso.com"],
    ["CN=*.contoso.com", "*.contoso.com"],
    ['CN="relay.contoso.com"', "relay.contoso.com"],
    ["O=Contoso, CN=relay.contoso.com, C=DE", "relay.contoso.com"],
    ["/C=DE/O=Contoso/CN=relay.contoso.com", "relay.contoso.com"],
    ["C = DE, CN = relay.contoso.com", "relay.contoso.com"],
    ["<I>CN=R11, O=Let's Encrypt<S>CN=relay.contoso.com", "relay.contoso.com"],
    ["DNS:relay.contoso.com", "relay.contoso.com"],
    [" DNS: relay.contoso.com ", "relay.contoso.com"],
    ["https://relay.contoso.com/", "relay.contoso.com"],
    ["relay.contoso.com:25", "relay.contoso.com"],
  ] as const) {
    it(`stands in ${JSON.stringify(value)}, and is taken itself`, () => {
      assert.deepEqual(certificateNameProblem("c", value), {
        ...{ key: "c", value, rule: "is not a certificate name" },
        fix: `write the name alone: "${name}"`,
      });
      assert.equal(certificateNameProblem("c", name), undefined);
    });
  }
});

describe("the domains that a tenant has", () => {
  const microsofts = "contoso.onmicrosoft.com";
  const own = ["contoso.com", "fabrikam.com"];
  const none = "(it has no domain but Microsoft's own)";

  it("have what is sent from", () => {
    assert.equal(domainNotAccepted("d", "Contoso.com", own), undefined);
    assert.equal(domainNotAccepted("d", "fabrikam.com", own), undefined);
  });
  const refusedDomains: [domains: string[], listed: string, instead: string][] = [
    [own, "(contoso.com, fabrikam.com)", ", or use one of these"],
    [[microsofts, "contoso.com"], "(contoso.com)", ", or use one of these"],
    [[microsofts], none, ""],
    [[], none, ""],
  ];
  for (const [domains, listed, instead] of refusedDomains) {
    it(`do not have one that is not listed: ${JSON.stringify(domains)}`, () =>
      assert.deepEqual(domainNotAccepted("d", "a.contoso.com", domains), {
        ...{ key: "d", value: "a.contoso.com" },
        rule: `is not an accepted domain of the tenant ${listed}`,
        fix: `add and verify it in Microsoft 365${instead}`,
      }));
  }

  for (const fine of ["relay.contoso.com", "*.fabrikam.com", "fabrikam.com"]) {
    it(`have the name of the certificate ${fine}`, () =>
      assert.equal(certificateNotAccepted("c", fine, own), undefined));
  }
  const otherName = "use a certificate for a name in one of them, or ";
  const refusedNames: [domains: string[], listed: string, instead: string][] = [
    [own, "(contoso.com, fabrikam.com)", otherName],
    [[microsofts, "contoso.com"], "(contoso.com)", otherName],
    [[microsofts], none, ""],
  ];
  for (const [domains, listed, instead] of refusedNames) {
    it(`do not have the name of another certificate: ${JSON.stringify(domains)}`, () =>
      assert.deepEqual(certificateNotAccepted("c", "relay.example.com", domains), {
        ...{ key: "c", value: "relay.example.com" },
        rule: `is in none of the tenant's accepted domains ${listed}`,
        fix: `${instead}add and verify its domain in Microsoft 365 first`,
      }));
  }
});
