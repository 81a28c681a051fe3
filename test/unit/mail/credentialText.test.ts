import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCredential, withoutCredentials } from "../../../mail/credentialText.ts";

/** What people write into stack files, zones and tenants, and have to see in messages. */
const HARMLESS = [
  "contoso.com",
  "selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
  "mailto:dmarc@contoso.com",
  "mailto://dmarc@contoso.com",
  "mailto:a@contoso.com!10m",
  "Erp+2026@Contoso.com",
  "*@contoso.com",
  `relay-${"x".repeat(60)}-erp`,
  "O365_BUSINESS_PREMIUM",
  "https://token.actions.githubusercontent.com/",
  "repo:Contoso-Org/Billing2026:environment:Production",
  "aaaabbbb-0000-cccc-1111-dddd2222eeee",
  "v=spf1 include:spf.protection.outlook.com ip4:198.51.100.7 -all",
  "v=DMARC1; p=reject; rua=mailto:dmarc@contoso.com",
  "v=DMARC1; p=none; rua=mailto:0123456789abcdef0123456789abcdef@dmarc-reports.cloudflare.net",
  "exists:%{P1r}.x.example",
  "-exists:%{i}._spf.%{D2}",
  "exists:%{P1r}.x.example",
  "-exists:%{i}._spf.%{D2}",
  "v=STSv1; id=20261123T000000;",
  "Managed by Pulumi: m365-smtp-relay/prod",
  "Relay from ERP 2",
  "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
  "198.51.100.0/28",
  "C:\\certs\\Relay.pfx",
  "/home/Erp2026/Relay-Certificates/crm.pem",
  "api://AzureADTokenExchange",
  "xn--mnchen-3ya.example",
  "http://idp.example:8080/a@b",
];

describe("isCredential", () => {
  for (const text of HARMLESS) {
    it(`lets a message repeat ${text.slice(0, 40)}`, () => assert.equal(isCredential(text), false));
  }
  for (const text of [
    "AKIAIOSFODNN7EXAMPLE",
    "erp:hunter2@smtp.contoso.com",
    "Endpoint=sb://contoso.example/;SharedAccessKeyName=erp;SharedAccessKey=hunter2=",
    "Authorization: Basic ZXJwOmh1bnRlcjI=",
    "client_secret: hunter2",
    "0x4c0883a69102937d6231471b5dbb6204fe512961708279",
    "use Winter2026! for it",
  ]) {
    it(`knows ${text.slice(0, 30)}`, () => assert.equal(isCredential(text), true));
  }
});

describe("withoutCredentials", () => {
  it("leaves a text without any as it is", () => {
    const text = 'is in none of the domains (contoso.com); set CLOUDFLARE_API_TOKEN, e.g. "x"';
    assert.equal(withoutCredentials(text), text);
    const own = "contains a private key, which must stay with the sender";
    assert.equal(withoutCredentials(own), own);
  });
  it("takes out the word that is one", () =>
    assert.equal(
      withoutCredentials('matches "smtp://erp:hunter2@host" of "erp"'),
      'matches "(not shown)" of "erp"',
    ));
  it("takes out everything where a word alone does not show it", () =>
    assert.equal(withoutCredentials("Authorization Bearer abc123abc123"), "(not shown)"));
});
