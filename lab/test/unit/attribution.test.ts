// The relay rule of November 2023 as a table: who is attributed to which kind of connector, and who is not. Real
// TLS sessions with such certificates are in smtp.test.ts; here a session is what Exchange knows of it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connectorProperties } from "../../src/exchange/nouns/inboundConnector.ts";
import type { Bound } from "../../src/exchange/parameters.ts";
import { initialValues } from "../../src/exchange/properties.ts";
import { attribute, type Client, denyDirectSend } from "../../src/smtp/attribution.ts";
import { makeWorld } from "../../src/world/make.ts";
import type { Connector } from "../../src/world/world.ts";

const OURS = "contoso.example";
const OTHER = "fabrikam.example";
const ADDRESS = "198.51.100.7";
const ELSEWHERE = "203.0.113.9";

/** A call without parameters: every property has Exchange's default. */
const NOTHING: Bound = {
  has: () => false,
  text: () => undefined,
  flag: () => undefined,
  list: () => undefined,
};

/** What Exchange makes of the client. A certificate without a chain to a public CA counts for nothing. */
const SESSIONS: Record<string, Client> = {
  "in clear": { address: ADDRESS, tls: false, certificateNames: [] },
  "no certificate": { address: ADDRESS, tls: true, certificateNames: [] },
  "self-signed": { address: ADDRESS, tls: true, certificateNames: [] },
  "no chain": { address: ADDRESS, tls: true, certificateNames: [] },
  "for our domain": { address: ADDRESS, tls: true, certificateNames: [OURS] },
  "below our domain": { address: ADDRESS, tls: true, certificateNames: [`relay.${OURS}`] },
  "for *.our domain": { address: ADDRESS, tls: true, certificateNames: [`*.${OURS}`] },
  "of a vendor": { address: ADDRESS, tls: true, certificateNames: ["mta.vendor.example"] },
  "of both": { address: ADDRESS, tls: true, certificateNames: ["mta.vendor.example", OURS] },
  "from elsewhere, in clear": { address: ELSEWHERE, tls: false, certificateNames: [] },
  "from elsewhere, no certificate": { address: ELSEWHERE, tls: true, certificateNames: [] },
  "from elsewhere, for our domain": { address: ELSEWHERE, tls: true, certificateNames: [OURS] },
  "from elsewhere, below our domain": {
    address: ELSEWHERE,
    tls: true,
    certificateNames: [`relay.${OURS}`],
  },
};

/** MAIL FROM: of our domain, of the other accepted one, of one below ours, a foreign one, the empty one. */
const SENDERS = [`erp@${OURS}`, `erp@${OTHER}`, `erp@mail.${OURS}`, "x@foreign.example", ""];

const CONNECTORS: Record<string, Partial<Connector>> = {
  "by address": { senderIPAddresses: [ADDRESS] },
  "by range": { senderIPAddresses: ["198.51.100.0/24"] },
  "by address, RequireTls": { senderIPAddresses: [ADDRESS], requireTls: true },
  "by address, for our domain alone": {
    senderIPAddresses: [ADDRESS],
    associatedAcceptedDomains: [OURS],
  },
  "by address, for the other domain alone": {
    senderIPAddresses: [ADDRESS],
    associatedAcceptedDomains: [OTHER],
  },
  "by address, disabled": { senderIPAddresses: [ADDRESS], enabled: false },
  "by address, Partner": { senderIPAddresses: [ADDRESS], connectorType: "Partner" },
  "certificate of our domain": { tlsSenderCertificateName: OURS, requireTls: true },
  "certificate below our domain": { tlsSenderCertificateName: `relay.${OURS}`, requireTls: true },
  "certificate *.our domain": { tlsSenderCertificateName: `*.${OURS}`, requireTls: true },
  "certificate *.our domain, for our domain alone": {
    tlsSenderCertificateName: `*.${OURS}`,
    requireTls: true,
    associatedAcceptedDomains: [OURS],
  },
  "certificate *.our domain, for the other domain alone": {
    tlsSenderCertificateName: `*.${OURS}`,
    requireTls: true,
    associatedAcceptedDomains: [OTHER],
  },
  "certificate of a vendor": { tlsSenderCertificateName: "mta.vendor.example", requireTls: true },
  "certificate *.our domain, disabled": {
    tlsSenderCertificateName: `*.${OURS}`,
    requireTls: true,
    enabled: false,
  },
  "certificate *.our domain, Partner": {
    tlsSenderCertificateName: `*.${OURS}`,
    requireTls: true,
    connectorType: "Partner",
  },
};

const NOBODY = Object.fromEntries(Object.keys(SESSIONS).map((session) => [session, "-----"]));

/** Whoever comes from the connector's address. */
const BY_ADDRESS = {
  "in clear": "aa---",
  "no certificate": "aa---",
  "self-signed": "aa---",
  "no chain": "aa---",
  "for our domain": "aaaaa",
  "below our domain": "aa---",
  "for *.our domain": "aaaaa",
  "of a vendor": "aa---",
  "of both": "aaaaa",
};

/**
 * c: by certificate, a: by address, T: TLS is demanded, -: refused. One letter for each of SENDERS; sessions that
 * are left out relay nothing.
 */
const TABLE: Record<string, Record<string, string>> = {
  "by address": BY_ADDRESS,
  "by range": BY_ADDRESS,
  "by address, RequireTls": { ...BY_ADDRESS, "in clear": "TT---" },
  "by address, for our domain alone": {
    "in clear": "a----",
    "no certificate": "a----",
    "self-signed": "a----",
    "no chain": "a----",
    "for our domain": "a---a",
    "below our domain": "a----",
    "for *.our domain": "a---a",
    "of a vendor": "a----",
    "of both": "a---a",
  },
  "by address, for the other domain alone": {
    "in clear": "-a---",
    "no certificate": "-a---",
    "self-signed": "-a---",
    "no chain": "-a---",
    "for our domain": "-a---",
    "below our domain": "-a---",
    "for *.our domain": "-a---",
    "of a vendor": "-a---",
    "of both": "-a---",
  },
  "by address, disabled": {},
  "by address, Partner": {},
  "certificate of our domain": {
    "for our domain": "ccccc",
    "of both": "ccccc",
    "from elsewhere, for our domain": "ccccc",
  },
  "certificate below our domain": {
    "below our domain": "cc---",
    "from elsewhere, below our domain": "cc---",
  },
  "certificate *.our domain": {
    "for our domain": "ccccc",
    "below our domain": "ccccc",
    "for *.our domain": "ccccc",
    "of both": "ccccc",
    "from elsewhere, for our domain": "ccccc",
    "from elsewhere, below our domain": "ccccc",
  },
  "certificate *.our domain, for our domain alone": {
    "for our domain": "c---c",
    "below our domain": "c---c",
    "for *.our domain": "c---c",
    "of both": "c---c",
    "from elsewhere, for our domain": "c---c",
    "from elsewhere, below our domain": "c---c",
  },
  "certificate *.our domain, for the other domain alone": {
    "for our domain": "-c---",
    "below our domain": "-c---",
    "for *.our domain": "-c---",
    "of both": "-c---",
    "from elsewhere, for our domain": "-c---",
    "from elsewhere, below our domain": "-c---",
  },
  "certificate of a vendor": {
    "of a vendor": "cc---",
    "of both": "ccccc",
  },
  "certificate *.our domain, disabled": {},
  "certificate *.our domain, Partner": {},
};

function worldWith(...connectors: Partial<Connector>[]) {
  const world = makeWorld("attribution");
  world.tenant.domain = OURS;
  world.tenant.acceptedDomains = [OURS, OTHER].map((name) => ({
    guid: name,
    name,
    isDefault: name === OURS,
    isInitial: false,
  }));
  world.settings.associatedDomainsLimit = "sender";
  world.connectors = connectors.map((change, index) => ({
    ...(initialValues(connectorProperties, NOTHING, world) as Connector),
    guid: `guid-${index}`,
    name: `c${index}`,
    requireTls: false,
    connectorType: "OnPremises",
    senderDomains: ["smtp:*;1"],
    ...change,
  }));
  return world;
}

function letterOf(client: Client, sender: string, ...connectors: Partial<Connector>[]): string {
  const envelope = { sender, recipient: "bea@elsewhere.example" };
  const attribution = attribute(client, envelope, worldWith(...connectors));
  if (attribution === undefined) return "-";
  return attribution === "tls" ? "T" : attribution.by.charAt(0);
}

describe("attribution", () => {
  it("the table knows every connector and no other session", () => {
    assert.deepEqual(Object.keys(TABLE), Object.keys(CONNECTORS));
    const sessions = Object.keys(SESSIONS);
    for (const rows of Object.values(TABLE)) {
      assert.deepEqual(
        Object.keys(rows).filter((session) => !sessions.includes(session)),
        [],
      );
    }
  });

  for (const [connector, rows] of Object.entries(TABLE)) {
    it(`a connector ${connector}`, () => {
      const found = Object.entries(SESSIONS).map(([session, client]) => [
        session,
        SENDERS.map((from) => letterOf(client, from, CONNECTORS[connector] ?? {})).join(""),
      ]);
      assert.deepEqual(Object.fromEntries(found), { ...NOBODY, ...rows });
    });
  }

  const several: [string, string[], string, number | "tls"][] = [
    [
      "a certificate goes before an address",
      ["by address", "certificate *.our domain"],
      "below our domain",
      1,
    ],
    [
      "an address where the certificate's connector is disabled",
      ["by address", "certificate *.our domain, disabled"],
      "below our domain",
      0,
    ],
    ["the narrowest range", ["by range", "by address"], "no certificate", 1],
    ["the oldest of equal ones", ["by address", "by address"], "no certificate", 0],
    [
      "the one that is for the sender's domain",
      ["by address, for the other domain alone", "by range"],
      "no certificate",
      1,
    ],
    [
      "RequireTls of the narrowest one, whatever a wider one allows",
      ["by range", "by address, RequireTls"],
      "in clear",
      "tls",
    ],
  ];
  for (const [title, names, session, expected] of several) {
    it(`of several connectors: ${title}`, () => {
      const world = worldWith(...names.map((name) => CONNECTORS[name] ?? {}));
      const client = SESSIONS[session];
      assert.ok(client);
      const found = attribute(client, { sender: SENDERS[0] ?? "" }, world);
      const chosen = typeof found === "object" ? world.connectors.indexOf(found.connector) : found;
      assert.equal(chosen, expected);
    });
  }
});

describe("AssociatedAcceptedDomains, where it limits recipients", () => {
  const limited = { senderIPAddresses: [ADDRESS], associatedAcceptedDomains: [OURS] };
  const client = SESSIONS["no certificate"] as Client;
  const rows: [string, string | undefined, boolean][] = [
    ["mail to one of the domains", `anna@${OURS}`, true],
    ["mail to another accepted domain", `anna@${OTHER}`, false],
    ["mail to the outside", "bea@elsewhere.example", false],
    ["a transaction whose recipient is not known yet", undefined, true],
  ];
  for (const [what, recipient, isAttributed] of rows) {
    it(`${what} is ${isAttributed ? "" : "not "}attributed, whoever sends it`, () => {
      const world = worldWith(limited);
      world.settings.associatedDomainsLimit = "recipient";
      for (const sender of [`erp@${OURS}`, `erp@${OTHER}`]) {
        const envelope = recipient === undefined ? { sender } : { sender, recipient };
        assert.equal(attribute(client, envelope, world) !== undefined, isAttributed);
      }
    });
  }
});

describe("mail for the organisation itself", () => {
  const partner: Partial<Connector> = {
    connectorType: "Partner",
    senderDomains: ["smtp:*.partner.example;1"],
    requireTls: true,
  };
  const restricted = {
    ...partner,
    restrictDomainsToIPAddresses: true,
    senderIPAddresses: [ADDRESS],
  };
  const certified = {
    ...partner,
    restrictDomainsToCertificate: true,
    tlsSenderCertificateName: OURS,
  };
  const rows: [string, Partial<Connector>[], boolean, string, string, string | undefined][] = [
    ["a stranger", [], false, "from elsewhere, in clear", "x@foreign.example", undefined],
    ["a stranger with our address", [], false, "from elsewhere, in clear", `x@${OURS}`, undefined],
    [
      "the same under RejectDirectSend",
      [],
      true,
      "from elsewhere, in clear",
      `x@${OURS}`,
      "direct send",
    ],
    [
      "a foreign sender under RejectDirectSend",
      [],
      true,
      "from elsewhere, in clear",
      "x@foreign.example",
      undefined,
    ],
    ["a bounce under RejectDirectSend", [], true, "from elsewhere, in clear", "", undefined],
    [
      "a known address under RejectDirectSend",
      [{ senderIPAddresses: [ADDRESS] }],
      true,
      "in clear",
      `x@${OURS}`,
      undefined,
    ],
    [
      "a disabled connector's address",
      [{ senderIPAddresses: [ADDRESS], enabled: false }],
      true,
      "in clear",
      `x@${OURS}`,
      "direct send",
    ],
    ["a partner in clear", [partner], false, "in clear", "x@mail.partner.example", "tls"],
    ["a partner with TLS", [partner], false, "no certificate", "x@partner.example", undefined],
    [
      "a partner from its address",
      [restricted],
      false,
      "no certificate",
      "x@partner.example",
      undefined,
    ],
    [
      "a partner from elsewhere",
      [restricted],
      false,
      "from elsewhere, no certificate",
      "x@partner.example",
      "partner",
    ],
    [
      "a partner with its certificate",
      [certified],
      false,
      "for our domain",
      "x@partner.example",
      undefined,
    ],
    ["a partner without it", [certified], false, "self-signed", "x@partner.example", "partner"],
    [
      "somebody else",
      [restricted],
      false,
      "from elsewhere, in clear",
      "x@foreign.example",
      undefined,
    ],
    [
      "a disabled partner connector",
      [{ ...restricted, enabled: false }],
      false,
      "from elsewhere, in clear",
      "x@partner.example",
      undefined,
    ],
  ];
  for (const [who, connectors, rejectDirectSend, session, sender, expected] of rows) {
    it(`${who}: ${expected ?? "taken"}`, () => {
      const world = worldWith(...connectors);
      world.settings.rejectDirectSend = rejectDirectSend;
      const client = SESSIONS[session];
      assert.ok(client);
      assert.equal(denyDirectSend(client, sender, world), expected);
    });
  }
});
