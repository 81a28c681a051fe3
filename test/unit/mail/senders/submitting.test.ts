import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { chooseMailbox, chooseSubmission } from "../../../../mail/senders/choose.ts";
import { chooseCredential } from "../../../../mail/senders/credential.ts";
import { certificatesEndSoon, secretEndsSoon } from "../../../../mail/senders/expiry.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { certificateOf } from "../certificates.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  name: "shop",
  from: ["orders@contoso.com", "returns@contoso.com", "orders@contoso.com"],
  authentication: ["oauth"],
  egress: [],
  ...DEFAULTS,
};
const erp: Sender = {
  ...shop,
  name: "erp",
  from: ["*@contoso.com"],
  authentication: ["staticIp"],
  egress: ["198.51.100.7"],
};
const identity = { issuer: "https://idp.example", subject: "shop", audience: "api://x" };

describe("chooseSubmission", () => {
  it("lets a sender that can do OAuth submit, whatever else it can do, and all others relay", () => {
    const both: Sender = {
      ...erp,
      name: "both",
      from: shop.from,
      authentication: ["staticIp", "oauth"],
    };
    const { submitting, relaying } = chooseSubmission([shop, erp, both]);
    const names = [submitting, relaying].map((list) => list.map(({ sender }) => sender));
    assert.deepEqual(names, [["shop", "both"], ["erp"]]);
  });
  it("lets only a sender sign in with a password that can do nothing else", () => {
    const by = (...authentication: Sender["authentication"][number][]) => {
      const { submitting, relaying } = chooseSubmission([{ ...erp, authentication }]);
      return submitting[0]?.credential.by ?? relaying[0]?.match.by;
    };
    assert.equal(by("password"), "password");
    assert.equal(by("password", "staticIp"), "sourceIp");
    assert.equal(by("password", "oauth"), "secret");
  });
});

describe("chooseMailbox", () => {
  it("takes the first address, and each other one once", () =>
    assert.deepEqual(chooseMailbox(shop), {
      address: "orders@contoso.com",
      sendAs: ["returns@contoso.com"],
    }));
  for (const [need, limit] of [
    [1, 2],
    [4000, 8000],
    [5001, 10_000],
    [10_000, 10_000],
  ] as const) {
    it(`stops a sender of ${need} a day at ${limit}`, () =>
      assert.equal(chooseMailbox({ ...shop, recipientsPerDay: need }).recipientsPerDay, limit));
  }
});

describe("chooseCredential", () => {
  const signInCertificate = [{ certificate: "PEM" }];
  it("prefers an identity elsewhere to a certificate, and that to a secret", () => {
    const by = (change: Partial<Sender>) => chooseCredential({ ...shop, ...change }).credential;
    assert.deepEqual(by({ federatedIdentity: [identity], signInCertificate }), {
      by: "federatedIdentity",
      identities: [identity],
    });
    assert.deepEqual(by({ signInCertificate }), {
      by: "certificate",
      certificates: signInCertificate,
    });
    assert.deepEqual(by({}), { by: "secret", generations: [1] });
  });
  it("keeps exactly the listed secrets working", () => {
    const generationsOf = (credentialGeneration: Sender["credentialGeneration"]) => {
      const { credential } = chooseCredential({ ...shop, credentialGeneration });
      return credential.by === "secret" ? credential.generations : [];
    };
    assert.deepEqual(generationsOf([3]), [3]);
    assert.deepEqual(generationsOf([2, 3]), [3, 2]);
  });
  it("keeps the secret before the newest one working", () =>
    assert.deepEqual(chooseCredential({ ...shop, credentialGeneration: 3 }).credential, {
      by: "secret",
      generations: [3, 2],
    }));
});

describe("secretEndsSoon", () => {
  const said = (end: string) => secretEndsSoon("shop", end, 2, new Date("2026-11-01T12:00:00Z"));
  const fix = "set its credentialGeneration to 3, and give the sender the new secret";
  it("is silent for 90 days and more", () => assert.equal(said("2027-01-30T12:00:00Z"), undefined));
  it("names the day, and the generation to set", () =>
    assert.equal(
      said("2027-01-30T11:59:59Z"),
      `the secret of sender "shop" expires on 2027-01-30; ${fix}`,
    ));
  it("says that it has ended", () =>
    assert.equal(
      said("2026-10-31T00:00:00Z"),
      `the secret of sender "shop" expired on 2026-10-31; ${fix}`,
    ));
});

describe("certificatesEndSoon", () => {
  it("goes by the certificate's own end", async () => {
    const pem = await certificateOf("rsa");
    const end = Date.parse(new X509Certificate(pem).validTo);
    const day = 24 * 60 * 60_000;
    const one = [{ certificate: pem }];
    assert.deepEqual(certificatesEndSoon("crm", one, new Date(end - 91 * day)), []);
    assert.match(
      certificatesEndSoon("crm", one, new Date(end - 89 * day)).join(),
      /^the sign-in certificate of sender "crm" expires on .*; put the new certificate into/,
    );
  });
  it("says of the one that ends first that it can go, and names it", async () => {
    const first = await certificateOf("rsa");
    const last = await certificateOf("rsa", 2048, { notAfter: new Date("2046-01-01") });
    const now = new Date(new X509Certificate(first).validTo);
    const two = [{ certificate: last }, { name: "old", certificate: first }];
    assert.match(
      certificatesEndSoon("crm", two, now).join(","),
      /^the sign-in certificate "old" of sender "crm" expires on [-\d]+; take it out of its signInCertificate once nothing signs in with it$/,
    );
  });
});
