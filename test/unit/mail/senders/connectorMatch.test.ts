import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import type { ConnectorMatch } from "../../../../mail/senders/choose.ts";
import {
  matchProblem,
  noTlsProblem,
  overlapOf,
  overlapsOf,
} from "../../../../mail/senders/connectorMatch.ts";

describe("matchProblem", () => {
  const BOTH =
    'senderIPAddresses: ["198.51.100.7"] is given together with tlsSenderCertificateName, so that a server at one of the addresses could relay without the certificate; give exactly one of the two';
  const NOTHING =
    "is empty and tlsSenderCertificateName is missing, so that the connector matches nothing; give exactly one of the two";
  const rows: [addresses: string[] | undefined, certificate: string | undefined, says?: string][] =
    [
      [["198.51.100.7"], undefined],
      [undefined, "relay.contoso.com"],
      [[], "relay.contoso.com"],
      [["198.51.100.7"], "relay.contoso.com", BOTH],
      [undefined, undefined, `senderIPAddresses: ${NOTHING}`],
      [[], undefined, `senderIPAddresses: [] ${NOTHING}`],
    ];
  for (const [addresses, certificate, says] of rows) {
    it(`${says === undefined ? "takes" : "refuses"} addresses ${JSON.stringify(addresses)} with certificate ${certificate}`, () => {
      const problem = matchProblem(addresses, certificate);
      assert.equal(problem && sentence(problem), says);
    });
  }
});

describe("noTlsProblem", () => {
  it("takes a connector with TLS, and one that sees a certificate over it", () => {
    assert.equal(noTlsProblem("requireTls", true, undefined), undefined);
    assert.equal(noTlsProblem("requireTls", true, "relay.contoso.com"), undefined);
    assert.equal(noTlsProblem("requireTls", false, "relay.contoso.com"), undefined);
  });
  it("says what anybody on the way can do without", () => {
    const problem = noTlsProblem("requireTls", false, undefined);
    assert.equal(
      problem && sentence(problem),
      "requireTls: false lets the sender's servers send without TLS, so that anybody on the way can read and change their mail; let every server of the sender use STARTTLS, then remove requireTls from the sender",
    );
  });
});

describe("overlapOf", () => {
  const ip = (...addresses: string[]): ConnectorMatch => ({ by: "sourceIp", addresses });
  const certificate = (certificateName: string): ConnectorMatch => ({
    by: "certificate",
    certificateName,
  });
  const rows: [mine: ConnectorMatch, other: ConnectorMatch, value?: string, rule?: string][] = [
    [ip("198.51.100.7"), certificate("relay.contoso.com")],
    [certificate("relay.contoso.com"), ip("198.51.100.7")],
    [ip("198.51.100.7"), ip("198.51.100.8")],
    [
      ip("203.0.113.1", "198.51.100.7"),
      ip("198.51.100.8", "198.51.100.7"),
      "198.51.100.7",
      'is matched by "Other" already',
    ],
    [
      ip("198.51.100.7"),
      ip("198.51.100.0/24"),
      "198.51.100.7",
      'shares addresses with 198.51.100.0/24 of "Other"',
    ],
    [
      certificate("*.contoso.com"),
      certificate("*.contoso.com"),
      "*.contoso.com",
      'is matched by "Other" already',
    ],
    [
      certificate("Relay.contoso.com"),
      certificate("relay.Contoso.com"),
      "Relay.contoso.com",
      'is matched by "Other" already',
    ],
    [
      certificate("relay.contoso.com"),
      certificate("*.contoso.com"),
      "relay.contoso.com",
      'shares certificates with "*.contoso.com" of "Other"',
    ],
  ];
  for (const [mine, match, value, rule] of rows) {
    it(`of ${JSON.stringify(mine)} and ${JSON.stringify(match)} is ${rule}`, () =>
      assert.deepEqual(
        overlapOf({ name: "mine", match: mine }, { name: "Other", match }),
        rule === undefined ? undefined : { value, rule },
      ));
  }
  for (const [one, other, isShared] of [
    ["*.contoso.com", "mail.contoso.com", true],
    ["*.Contoso.com", "MAIL.contoso.COM", true],
    ["*.contoso.com", "a.b.contoso.com", true],
    ["*.contoso.com", "contoso.com", true],
    ["*.contoso.com", "*.mail.contoso.com", true],
    ["*.mail.contoso.com", "contoso.com", false],
    ["*.mail.contoso.com", "www.contoso.com", false],
    ["*.contoso.com", "mail.notcontoso.com", false],
    ["mail.contoso.com", "a.mail.contoso.com", false],
  ] as const) {
    it(`says that ${one} ${isShared ? "covers" : "leaves out"} ${other}, either way round`, () => {
      for (const [a, b] of [
        [one, other],
        [other, one],
      ] as const) {
        const mine = { name: "mine", match: certificate(a) };
        assert.deepEqual(
          overlapOf(mine, { name: "Other", match: certificate(b) }),
          isShared ? { value: a, rule: `shares certificates with "${b}" of "Other"` } : undefined,
        );
      }
    });
  }
});

describe("overlapsOf", () => {
  const NONE = { senderIPAddresses: [], tlsSenderCertificateName: "" };
  const BOTH = {
    senderIPAddresses: ["198.51.100.7"],
    tlsSenderCertificateName: "relay.contoso.com",
  };
  const by = (change: Partial<typeof BOTH>, name = "Old") => ({ ...NONE, ...change, name });
  const address = { senderIPAddresses: BOTH.senderIPAddresses };
  const certificate = { tlsSenderCertificateName: BOTH.tlsSenderCertificateName };
  const rule = 'is matched by "Old" already';
  const ADDRESS = {
    key: "senderIPAddresses",
    value: "198.51.100.7",
    rule,
    ofItsOwn: "an address",
  };
  const CERTIFICATE = {
    key: "tlsSenderCertificateName",
    value: "relay.contoso.com",
    rule,
    ofItsOwn: "a certificate name",
  };
  for (const [title, mine, other, expected] of [
    ["two by the same address", address, address, [ADDRESS]],
    ["two by the same certificate", certificate, certificate, [CERTIFICATE]],
    ["one by address and one by both", address, BOTH, [ADDRESS]],
    ["one by certificate and one by both", certificate, BOTH, [CERTIFICATE]],
    ["two by both", BOTH, BOTH, [CERTIFICATE, ADDRESS]],
    ["one by address and one by certificate", address, certificate, []],
    ["one that matches nothing", NONE, BOTH, []],
    ["two that match nothing", NONE, NONE, []],
  ] as const) {
    it(`finds ${expected.length} of ${title}`, () =>
      assert.deepEqual(overlapsOf(by(mine, "mine"), by(other)), expected));
  }
});
