import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import {
  type DeclaredCredentials,
  declaredCredentials,
  movedCredentialsProblems,
} from "../../../../mail/senders/movedCredentials.ts";
import { thumbprintOf } from "../../../../mail/senders/signInCertificate.ts";
import { certificateOf } from "../certificates.ts";

const FEDERATED = { issuer: "https://token.example", audience: "api://AzureADTokenExchange" };

describe("declaredCredentials", () => {
  it("tells identities apart by issuer and subject", () =>
    assert.deepEqual(
      declaredCredentials({
        by: "federatedIdentity",
        identities: [
          { ...FEDERATED, subject: "repo:shop" },
          { ...FEDERATED, subject: "repo:shop-staging", name: "staging" },
        ],
      }),
      {
        "federated-identity": "https://token.example repo:shop",
        "federated-identity-staging": "https://token.example repo:shop-staging",
      },
    ));
  it("tells certificates apart by thumbprint, where they can be read", async () => {
    const certificate = await certificateOf("ec");
    const broken = { certificate: "PEM", name: "broken" };
    const declared = declaredCredentials({
      by: "certificate",
      certificates: [{ certificate }, broken],
    });
    assert.match(thumbprintOf(certificate) ?? "", /^[0-9A-F]{40}$/);
    assert.deepEqual(declared, {
      certificate: thumbprintOf(certificate),
      "certificate-broken": "",
    });
  });
  for (const credential of [
    { by: "secret", generations: [1] },
    { by: "password", generation: 1 },
    { by: "adoptedApp", clientId: "11111111-2222-3333-4444-555555555555" },
  ] as const) {
    it(`knows nothing of a sender by ${credential.by}`, () =>
      assert.deepEqual(declaredCredentials(credential), {}));
  }
});

describe("movedCredentialsProblems", () => {
  const rows: [
    title: string,
    before: DeclaredCredentials,
    now: DeclaredCredentials,
    ...string[],
  ][] = [
    ["the first run", {}, { shop: { certificate: "A" } }],
    ["what stays", { shop: { certificate: "A" } }, { shop: { certificate: "A" } }],
    ["what is new", { shop: { certificate: "A" } }, { shop: { "certificate-new": "B" } }],
    ["what goes", { shop: { certificate: "A" } }, {}],
    ["another sender's", { shop: { certificate: "A" } }, { erp: { "certificate-new": "A" } }],
    [
      "what gets another name",
      { shop: { certificate: "A", "certificate-next": "B" } },
      { shop: { "certificate-new": "A", "certificate-next": "B" } },
      "certificate-new of shop: has been certificate of shop since the last up, and an app in Entra can't have it twice; leave its name as it was, or remove it in one up and add it in the next",
    ],
    [
      "two that exchange their names",
      { shop: { a: "A", b: "B" } },
      { shop: { a: "B", b: "A" } },
      "a of shop: has been b of shop since the last up, and an app in Entra can't have it twice; leave its name as it was, or remove it in one up and add it in the next",
      "b of shop: has been a of shop since the last up, and an app in Entra can't have it twice; leave its name as it was, or remove it in one up and add it in the next",
    ],
  ];
  for (const [title, before, now, ...says] of rows) {
    it(`${says.length === 0 ? "is silent of" : "refuses"} ${title}`, () =>
      assert.deepEqual(movedCredentialsProblems(before, now).map(sentence), says));
  }
});
