import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { chooseMailbox, chooseSubmission } from "../../../../mail/senders/choose.ts";
import { chooseCredential } from "../../../../mail/senders/credential.ts";
import { certificatesEndSoon, secretEndsSoon } from "../../../../mail/senders/expiry.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { signInCertificateProblem } from "../../../../mail/senders/signInCertificate.ts";
import { submissionProblems } from "../../../../mail/senders/submissionProblems.ts";
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

describe("submissionProblems", () => {
  const cases: [title: string, change: Partial<Sender>, says: RegExp | undefined][] = [
    ["a good one", {}, undefined],
    ["a good one with a limit", { recipientsPerDay: 10_000, credentialGeneration: 2 }, undefined],
    [
      "a whole domain",
      { from: ["a@contoso.com", "*@contoso.com"] },
      /^s\.from\[1\]: stands for every/,
    ],
    ["addresses for nothing", { egress: ["198.51.100.7"] }, /^s\.egress: has no effect/],
    [
      "addresses of one that could relay, too",
      { egress: ["198.51.100.7"], authentication: ["oauth", "staticIp"] },
      undefined,
    ],
    ["a connector", { adoptConnector: "x" }, /^s\.adoptConnector: has no effect/],
    [
      "two credentials",
      { federatedIdentity: [identity], signInCertificate: [{ certificate: "PEM" }] },
      /^s\.signInCertificate: is given together with federatedIdentity/,
    ],
    [
      "a generation of no secret",
      { federatedIdentity: [identity], credentialGeneration: 2 },
      /^s\.credentialGeneration: has no effect/,
    ],
    [
      "an identity without oauth",
      { authentication: ["staticIp"], federatedIdentity: [identity] },
      /^s\.federatedIdentity: has no effect, because authentication does not include oauth/,
    ],
    ["a password", { authentication: ["password"], license: "EXCHANGESTANDARD" }, undefined],
    [
      "a password without a licence",
      { authentication: ["password"] },
      /^s\.authentication: lists only password, but license is missing/,
    ],
    [
      "a certificate of one with a password",
      {
        authentication: ["password"],
        license: "EXCHANGESTANDARD",
        signInCertificate: [{ certificate: "PEM" }],
      },
      /^s\.signInCertificate: has no effect, because authentication does not include oauth/,
    ],
    [
      "a licence of one that relays",
      { authentication: ["staticIp"], license: "EXCHANGESTANDARD" },
      /^s\.license: has no effect, because authentication does not include oauth/,
    ],
    [
      "a licence of one that could use a password",
      { authentication: ["password", "staticIp"], license: "EXCHANGESTANDARD" },
      /^s\.license: has no effect, because the sender uses connector by address/,
    ],
    [
      "a generation without oauth",
      { authentication: ["staticIp"], credentialGeneration: 2 },
      /^s\.credentialGeneration: has no effect, because authentication/,
    ],
  ];
  for (const [title, change, says] of cases) {
    it(`judges ${title}`, () => {
      const problems = submissionProblems("s", { ...shop, ...change });
      assert.equal(problems.length, says === undefined ? 0 : 1);
      if (says) assert.match(`${problems[0]?.key}: ${problems[0]?.rule}`, says);
    });
  }
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

describe("signInCertificateProblem", () => {
  it("refuses a certificate that is not valid yet, or not any more", async () => {
    const pem = await certificateOf("rsa");
    const { validFrom, validTo } = new X509Certificate(pem);
    const at = (time: string, minutes: number) =>
      signInCertificateProblem("k", pem, new Date(Date.parse(time) + minutes * 60_000));
    assert.equal(at(validFrom, -4), undefined, "clocks differ");
    assert.match(
      at(validFrom, -24 * 60)?.rule ?? "",
      /^is not valid before \d{4}-\d\d-\d\d, so that Entra refuses what is signed with it$/,
    );
    assert.equal(at(validTo, -1), undefined);
    assert.match(at(validTo, 1)?.rule ?? "", /^expired on \d{4}-\d\d-\d\d, so that Entra refuses/);
    assert.equal(at(validTo, 1)?.value, undefined);
  });
  const rule = (value: string) => signInCertificateProblem("k", value)?.rule;
  it("takes a certificate with an RSA key of 2048 bits", async () =>
    assert.equal(rule(await certificateOf("rsa", 2048)), undefined));
  it("refuses shorter and other keys", async () => {
    assert.match(rule(await certificateOf("rsa", 1024)) ?? "", /\(RSA, 1024 bits\)/);
    assert.match(rule(await certificateOf("ec")) ?? "", /\(ec\)/);
  });
  it("refuses what is no certificate, or more than one", async () => {
    const pem = await certificateOf("rsa", 2048);
    assert.match(rule(`${pem}${pem}`) ?? "", /is not exactly one certificate/);
    assert.match(rule("x") ?? "", /is not exactly one certificate/);
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert.match(rule(broken) ?? "", /can't be read/);
  });
  it("names what is given in its place, and never repeats it", async () => {
    const pem = await certificateOf("rsa", 2048);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const [type, format] = ["pkcs8", "der"] as const;
    const encrypted = { type, format, cipher: "aes-256-cbc", passphrase: "x" } as const;
    const base64 = (data: string | Buffer) => Buffer.from(data).toString("base64");
    const der = (...bytes: number[]) => base64(Buffer.from([0x30, bytes.length, ...bytes]));
    const kept = /private key, which must stay with the sender: treat that key as compromised$/;
    for (const [value, said] of [
      [base64(privateKey.export({ type, format })), kept],
      [base64(privateKey.export(encrypted)), kept],
      [base64(privateKey.export({ type, format: "pem" })), kept],
      [JSON.stringify(privateKey.export({ format: "jwk" })), kept],
      ["<RSAKeyValue><Modulus>x</Modulus><D>x</D></RSAKeyValue>", kept],
      ["PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 8\nAAAA", kept],
      [base64(pem), /^is base64 of PEM, not PEM itself$/],
      [pem.replace(/\n/g, ""), /^is on one line, and PEM needs its line breaks$/],
      [pem.replace(/\n/g, "\\n"), /^is on one line, and PEM needs its line breaks$/],
      [der(0x06, 1, 42, 0xa0, 0), /^is a PKCS #7 file \(\.p7b\), not a certificate$/],
      [der(0x30, 0, 0x03, 1, 0), /^is base64, but not of a certificate$/],
      [pem.replace(/-.*-|\s/g, ""), /^is base64 without the line "-----BEGIN CERTIFICATE-----"$/],
    ] as const) {
      const problem = signInCertificateProblem("k", value);
      assert.match(problem?.rule ?? "nothing", said, value.slice(0, 60));
      assert.equal(problem?.value, undefined);
    }
  });
  it("refuses a private key, and does not repeat it", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const problem = signInCertificateProblem("k", pem);
    assert.match(problem?.rule ?? "", /contains a private key/);
    assert.equal(problem?.value, undefined);
  });
});
