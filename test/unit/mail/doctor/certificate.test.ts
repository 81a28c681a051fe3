// What doctor says of a chain that a sender presents, an outcome a row. What Exchange really takes is not shown here.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, describe, it } from "node:test";
import {
  type Authority,
  type CertificateRequest,
  issueCertificate,
  makeAuthority,
} from "../../../../lab/src/certificates.ts";
import { judgeChain } from "../../../../mail/doctor/network/certificate.ts";
import { certificatesIn } from "../../../../scripts/doctor/network/certificate.ts";

const NAME = "mail.contoso.com";
const DAY = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * DAY);

interface Case {
  readonly of: string;
  readonly request?: Partial<CertificateRequest>;
  readonly certificateName?: string;
  /** What is presented of the chain. @default all */
  readonly presented?: (chain: X509Certificate[]) => X509Certificate[];
  /** Days from now. */
  readonly at?: number;
  readonly trusts?: "nobody";
  readonly says: readonly (readonly [string, RegExp])[];
}

const CASES: readonly Case[] = [
  {
    of: "a good chain",
    says: [["ok", /for mail\.contoso\.com under the root Lab Root CA, valid until/]],
  },
  { of: "an RSA key", request: { key: "rsa" }, says: [["ok", /Lab Root CA/]] },
  {
    of: "a name below that of the connector",
    certificateName: "*.contoso.com",
    says: [["ok", /for \*\./]],
  },
  {
    of: "a name in other letters, second in the certificate",
    request: { names: ["other.example", "MAIL.contoso.com"] },
    says: [["ok", /mail\.contoso\.com/]],
  },
  {
    of: "another name",
    request: { names: ["www.contoso.com"] },
    says: [["error", /is for www\.contoso\.com, not for mail\.contoso\.com/]],
  },
  {
    of: "a file without a certificate",
    presented: () => [],
    says: [["unknown", /chain\.pem contains no certificate in PEM/]],
  },
  {
    of: "a chain without its intermediate certificate",
    presented: ([leaf]) => (leaf === undefined ? [] : [leaf]),
    says: [
      ["error", /not complete: the certificate of Lab Issuing CA, which issued mail\.contoso\.com/],
    ],
  },
  {
    of: "a chain that begins with the intermediate certificate",
    presented: (chain) => chain.toReversed(),
    says: [["error", /is for lab issuing ca, not for mail/]],
  },
  {
    of: "a self-signed certificate",
    request: { issuer: "self-signed" },
    says: [["error", /^the certificate is self-signed$/]],
  },
  {
    of: "a CA that nobody knows",
    trusts: "nobody",
    says: [["error", /not complete: the certificate of Lab Root CA/]],
  },
  {
    of: "a certificate that has expired",
    request: { notAfter: inDays(-0.1) },
    says: [["error", /of mail\.contoso\.com expired on/]],
  },
  {
    of: "a certificate that is not valid yet",
    at: -30,
    says: [
      ["error", /of mail\.contoso\.com is not valid before/],
      ["error", /of Lab Issuing CA is not valid before/],
    ],
  },
  {
    of: "a certificate that expires soon",
    request: { notAfter: inDays(29) },
    says: [["warning", /of mail\.contoso\.com expires on/]],
  },
  {
    of: "one that expires in 31 days",
    request: { notAfter: inDays(31) },
    says: [["ok", /valid until/]],
  },
  {
    of: "a certificate for servers alone",
    request: { usages: ["serverAuth"] },
    says: [["warning", /without clientAuth/]],
  },
  {
    of: "a certificate for something else",
    request: { usages: ["codeSigning"] },
    says: [["error", /other uses than TLS \(1\.3\.6\.1\.5\.5\.7\.3\.3\)/]],
  },
];

describe("the certificate that a sender presents", () => {
  let authority: Authority;
  before(async () => {
    authority = await makeAuthority();
  });

  for (const { of, request, certificateName = NAME, presented, at = 0, trusts, says } of CASES) {
    it(`is judged: ${of}`, async () => {
      const issued = await issueCertificate(authority, {
        names: [NAME],
        issuer: "public",
        ...request,
      });
      const chain = certificatesIn(`${issued.key}\n${issued.chain}`);
      const findings = judgeChain(
        {
          sender: "erp",
          certificateName,
          file: "chain.pem",
          certificates: presented?.(chain) ?? chain,
        },
        trusts === "nobody" ? [] : [new X509Certificate(authority.root)],
        inDays(at),
      );
      assert.deepEqual(
        findings.map(({ severity }) => severity),
        says.map(([severity]) => severity),
        JSON.stringify(findings, null, 2),
      );
      for (const [index, [, words]] of says.entries()) {
        assert.match(findings[index]?.what ?? "", words);
      }
    });
  }
});
