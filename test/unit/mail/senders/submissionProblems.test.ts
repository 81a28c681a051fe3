// What a stack file says of signing in that has no effect, or that contradicts itself: the whole sentences.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { submissionProblems } from "../../../../mail/senders/submissionProblems.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  ...{ name: "shop", from: ["orders@contoso.com"], authentication: ["oauth"], egress: [] },
  ...DEFAULTS,
};
const egress = ["198.51.100.7"];
const erp: Sender = { ...shop, authentication: ["staticIp"], egress };
const plant: Sender = { ...shop, authentication: ["password"], license: "SPB" };
const payroll: Sender = { ...shop, authentication: ["password"], external: 0 };
const identity = { issuer: "https://idp.example", subject: "shop", audience: "api://x" };

const ADOPTED = {
  adoptMailbox: true,
  adoptApplication: "11111111-2222-3333-4444-555555555555",
} as const;
const FEDERATED = { federatedIdentity: [identity] } as const;
const CERTIFIED = { signInCertificate: [{ certificate: "PEM" }] } as const;
const CREDENTIALS = { ...FEDERATED, ...CERTIFIED, credentialGeneration: 2 } as const;
/** Every key that only some ways of signing in use. */
const EVERY = { ...ADOPTED, ...CREDENTIALS, license: "SPB", billingPolicyId: "b" } as const;
/** The settings of a connector, each of which does something. */
const RELAYING = { requireTls: false, restrictToDomains: true } as const;
const CONNECTOR = { ...RELAYING, adoptConnector: "x" } as const;

const said = (sender: Sender) => submissionProblems("s", sender).map(sentence);

describe("what has no effect", () => {
  const noOauth = "has no effect, because authentication does not include oauth";
  const addOauth = "add oauth to authentication, or remove";
  const uses = (way: string) => `has no effect, because the sender uses ${way}`;
  const cases: [title: string, sender: Sender, says: string[]][] = [
    [
      "a connector, of one that can do nothing else",
      { ...erp, ...EVERY },
      [
        `s.adoptMailbox: ${noOauth}; ${addOauth} adoptMailbox`,
        `s.adoptApplication: ${noOauth}; ${addOauth} adoptApplication`,
        `s.federatedIdentity: ${noOauth}; ${addOauth} federatedIdentity`,
        `s.signInCertificate: ${noOauth}; ${addOauth} signInCertificate`,
        `s.credentialGeneration: ${noOauth}; ${addOauth} credentialGeneration`,
        `s.license: ${noOauth}; ${addOauth} license`,
        `s.billingPolicyId: ${uses("connector by address")}; remove billingPolicyId`,
      ],
    ],
    [
      "a connector, of one that could use a password, too",
      {
        ...{ ...erp, authentication: ["staticIp", "password"], external: 0 },
        ...{ credentialGeneration: 2, license: "SPB" },
      },
      [
        `s.credentialGeneration: ${uses("connector by address")}; ${addOauth} credentialGeneration`,
        `s.license: ${uses("connector by address")}; add oauth to authentication, or set method to smtpAuth, or remove license`,
      ],
    ],
    [
      "a connector that is asked for, of one that could use OAuth",
      {
        ...{ ...erp, authentication: ["staticIp", "oauth"], method: "connector" },
        ...{ license: "SPB", credentialGeneration: 2 },
      },
      [
        `s.credentialGeneration: ${uses("connector by address")}; remove credentialGeneration`,
        `s.license: ${uses("connector by address")}; remove license`,
      ],
    ],
    [
      "a connector, of one whose numbers are too high for a mailbox",
      {
        ...{ ...shop, authentication: ["oauth", "staticIp"], egress, ...FEDERATED },
        ...{ recipientsPerDay: 12_000, peakPerMinute: 45, license: "SPB" },
      },
      ["federatedIdentity", "license"].map(
        (key) =>
          `s.${key}: ${uses("connector by address")}, as client submission with OAuth does not fit: it peaks at 45, and the limit is 30 messages a minute; remove ${key}; or have it send more slowly and set peakPerMinute to 30 or less, or set urgency to deferrable if its mail may wait, and split it into several senders with an address each`,
      ),
    ],
    [
      "direct send",
      { ...shop, authentication: ["none"], egress, external: 0, billingPolicyId: "b" },
      [`s.billingPolicyId: ${uses("direct send")}; remove billingPolicyId`],
    ],
    [
      "a method that is set up elsewhere",
      { ...shop, method: "graph", ...CERTIFIED },
      [`s.signInCertificate: ${uses("Graph sendMail")}; remove signInCertificate`],
    ],
    [
      "a licence of one whose method no other fits",
      { ...shop, purpose: "marketing", license: "SPB" },
      [`s.license: ${uses("Azure Communication Services")}; remove license`],
    ],
    [
      "High Volume Email",
      { ...payroll, ...EVERY },
      [
        `s.adoptMailbox: ${noOauth}; remove adoptMailbox`,
        `s.adoptApplication: ${noOauth}; remove adoptApplication`,
        `s.federatedIdentity: ${noOauth}; remove federatedIdentity`,
        `s.signInCertificate: ${noOauth}; remove signInCertificate`,
        `s.license: ${uses("High Volume Email")}; set method to smtpAuth, or remove license`,
      ],
    ],
    [
      "High Volume Email that is asked for",
      {
        ...{ ...payroll, authentication: ["oauth", "password"], method: "highVolumeEmail" },
        license: "SPB",
      },
      [`s.license: ${uses("High Volume Email")}; remove license`],
    ],
    [
      "a password",
      { ...plant, ...EVERY, adoptMailbox: false },
      [
        `s.adoptApplication: ${noOauth}; ${addOauth} adoptApplication`,
        `s.federatedIdentity: ${noOauth}; ${addOauth} federatedIdentity`,
        `s.signInCertificate: ${noOauth}; ${addOauth} signInCertificate`,
        `s.billingPolicyId: ${uses("client submission with a password")}, as High Volume Email does not fit: it sends to other organisations (external: 1), and this method reaches recipients inside alone; remove billingPolicyId; or set external to 0 if all its recipients are inside, and remove license`,
      ],
    ],
    [
      "OAuth",
      { ...shop, credentialGeneration: 2, license: "SPB", billingPolicyId: "b" },
      [`s.billingPolicyId: ${uses("client submission with OAuth")}; remove billingPolicyId`],
    ],
  ];
  for (const [title, sender, says] of cases) {
    it(`with ${title}`, () => assert.deepEqual(said(sender), says));
  }

  const fine: [title: string, sender: Sender][] = [
    ["the first generation with a connector", { ...erp, credentialGeneration: [1] }],
    ["a renewed password, with a licence", { ...plant, credentialGeneration: 2 }],
    [
      "a renewed account that a billing policy pays for",
      { ...payroll, credentialGeneration: 2, billingPolicyId: "b" },
    ],
    ["a mailbox that exists", { ...shop, adoptMailbox: true }],
    ["a mailbox and an app that exist", { ...shop, ...ADOPTED }],
    ["two secrets", { ...shop, credentialGeneration: [1, 2] }],
    ["an identity", { ...shop, ...FEDERATED }],
    ["a certificate", { ...shop, ...CERTIFIED }],
    [
      "addresses of one that could relay, too",
      { ...shop, authentication: ["oauth", "staticIp"], egress },
    ],
    ["a connector's settings with a connector", { ...erp, ...CONNECTOR, from: ["*@contoso.com"] }],
  ];
  for (const [title, sender] of fine) {
    it(`is not ${title}`, () => assert.deepEqual(said(sender), []));
  }
});

describe("what contradicts itself, of one that signs in", () => {
  const ofConnector = [
    's.egress: ["198.51.100.7"] has no effect, because a sender that signs in sends from Exchange; remove egress',
    's.adoptConnector: "x" has no effect, because a sender that signs in has no connector; remove it, or have the sender use a connector',
    "s.requireTls: false has no effect, because a sender that signs in always uses TLS; remove it",
    "s.restrictToDomains: true has no effect, because a sender that signs in may send as its own addresses alone; remove it",
  ];
  const ofOthers =
    "true is given for a sender that signs in with a password, and the stack knows the password of no mailbox that it did not create";
  const unlicensed =
    's.authentication: ["password"] lists only password, but license is missing: a user without a licence has no mailbox; add license, e.g. "EXCHANGESTANDARD", or a stronger way to authenticate';
  const twoPasswords =
    "s.credentialGeneration: [1,2] lists two generations, and a user has one password; list the newest one alone, [2]";
  const ownersApp =
    "is given together with adoptApplication, and the credentials of an adopted app stay with its owner";
  const noSecret = "has no effect, because the sender has no secret; remove it";
  const { license: _, ...unlicensedPlant } = plant;
  const cases: [title: string, sender: Sender, says: string[]][] = [
    [
      "what a connector has",
      { ...shop, ...CONNECTOR, from: ["a@contoso.com", "*@contoso.com"], egress },
      ofConnector,
    ],
    [
      "what a connector has, with High Volume Email",
      { ...payroll, ...CONNECTOR, egress },
      ofConnector,
    ],
    [
      "what a connector has, which would fit too",
      {
        ...{ ...shop, ...RELAYING, egress },
        ...{ authentication: ["oauth", "certificate"], certificateName: "erp.contoso.com" },
      },
      ofConnector
        .filter((problem) => !problem.startsWith("s.adoptConnector"))
        .map((problem) => problem.replace("; ", "; set method to connector, or ")),
    ],
    [
      "what a connector has, of one that asks for another method",
      {
        ...{ ...shop, ...RELAYING, method: "smtpAuth" },
        ...{ authentication: ["oauth", "certificate"], certificateName: "erp.contoso.com" },
      },
      ofConnector.filter((problem) => /requireTls|restrictToDomains/.test(problem)),
    ],
    [
      "a mailbox of others, with a password",
      { ...plant, adoptMailbox: true },
      [
        `s.adoptMailbox: ${ofOthers}; add oauth to authentication and remove license, or remove adoptMailbox`,
      ],
    ],
    [
      "a mailbox of others, with a password and no licence",
      { ...unlicensedPlant, adoptMailbox: true },
      [
        `s.adoptMailbox: ${ofOthers}; add oauth to authentication, or remove adoptMailbox`,
        unlicensed,
      ],
    ],
    ["a password without a licence", unlicensedPlant, [unlicensed]],
    // What it sends fits no password, which another rule says.
    ["a password that does not fit", { ...unlicensedPlant, recipientsPerDay: 100_000 }, []],
    ["two passwords", { ...plant, credentialGeneration: [1, 2] }, [twoPasswords]],
    ["two passwords of an account", { ...payroll, credentialGeneration: [1, 2] }, [twoPasswords]],
    [
      "two passwords of an account, of one that can do OAuth",
      {
        ...{ ...payroll, authentication: ["oauth", "password"], method: "highVolumeEmail" },
        credentialGeneration: [1, 2],
      },
      [twoPasswords],
    ],
    [
      "credentials for an app that exists",
      { ...shop, ...ADOPTED, ...CREDENTIALS },
      [
        `s.federatedIdentity: ${ownersApp}; remove federatedIdentity`,
        `s.signInCertificate: ${ownersApp}; remove signInCertificate`,
        `s.credentialGeneration: ${ownersApp}; remove credentialGeneration`,
      ],
    ],
    [
      "an app that exists, without its mailbox",
      { ...shop, ...ADOPTED, adoptMailbox: false },
      [
        "s.adoptApplication: is given without adoptMailbox, and an app that exists sends from a mailbox that exists; add adoptMailbox: true, or remove adoptApplication to let the stack create an app",
      ],
    ],
    [
      "a licence for a mailbox of others",
      { ...shop, adoptMailbox: true, license: "SPB" },
      [
        's.license: "SPB" is given together with adoptMailbox, and the licences of an adopted mailbox stay as they are; remove license',
      ],
    ],
    [
      "a licence for a mailbox of others, of a sender that gets a connector",
      {
        ...shop,
        egress,
        authentication: ["oauth", "staticIp"],
        method: "connector",
        license: "SPB",
      },
      ["s.license: has no effect, because the sender uses connector by address; remove license"],
    ],
    [
      "two credentials, and a secret's generation",
      { ...shop, ...CREDENTIALS },
      [
        "s.signInCertificate: is given together with federatedIdentity, which is the safer one; remove one of the two",
        `s.credentialGeneration: 2 ${noSecret}`,
      ],
    ],
    [
      "a secret's generation beside an identity",
      { ...shop, ...FEDERATED, credentialGeneration: [2] },
      [`s.credentialGeneration: [2] ${noSecret}`],
    ],
    [
      "a secret's generation beside a certificate",
      { ...shop, ...CERTIFIED, credentialGeneration: 2 },
      [`s.credentialGeneration: 2 ${noSecret}`],
    ],
    [
      "lists that have something twice",
      {
        ...{ ...shop, federatedIdentity: [identity, { ...identity, name: "again" }] },
        signInCertificate: [{ certificate: "PEM" }, { certificate: "PEM 2" }],
      },
      [
        "s.federatedIdentity[1]: has the issuer and subject of one before it, which Entra takes once for an app; remove it",
        "s.signInCertificate[1]: has no name, and neither has one before it; give all but one of them a name, and leave the one that is in use already without",
        "s.signInCertificate: is given together with federatedIdentity, which is the safer one; remove one of the two",
      ],
    ],
  ];
  for (const [title, sender, says] of cases) {
    it(says.length > 0 ? title : `is not ${title}`, () => assert.deepEqual(said(sender), says));
  }
});
