// One table says what Entra's refusals mean; the environment's identity and the senders' apps differ only in what mends them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeIdentity } from "../../../../mail/doctor/tenant/identity.ts";
import { fixOfEnvironment } from "../../../../mail/entra/environmentIdentity.ts";
import { signInErrorOf } from "../../../../mail/entra/signInErrors.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { refusalJudgement } from "../../../../mail/verification/refused.ts";

const shop: Sender = {
  ...{
    adoptMailbox: false,
    requireTls: true,
    restrictToDomains: false,
    fence: false,
    retire: false,
  },
  ...{ egress: [], credentialGeneration: 1 },
  ...{ name: "shop", from: ["orders@contoso.com"], authentication: ["oauth"] },
};

/** What is said of a refusal: what it means, what mends the environment's identity, and the part and fix of a sender's app. */
const CASES: readonly [string, why: RegExp, own: RegExp, part: string, fix: RegExp][] = [
  ["700016", /no app with this/, /ARM_CLIENT_ID/, "app", /up --refresh --stack prod$/],
  ["90002", /no such tenant/, /azuread:tenantId/, "app", /azuread:tenantId/],
  ["7000229", /no enterprise application/, /New-MgServicePrincipal/, "principal", /--stack prod/],
  ["7000112", /application is disabled/, /Enabled for users/, "principal", /run start -- --stack/],
  ["7000215", /not have this secret/, /ARM_CLIENT_SECRET/, "secret-1", /up --refresh --stack prod/],
  [
    "7000222",
    /has expired/,
    /ARM_CLIENT_SECRET/,
    "secret-1",
    /rotate -- --stack prod --sender shop/,
  ],
  ["700027", /this certificate/, /ARM_CLIENT_CERTIFICATE_PATH/, "secret-1", /signInCertificate/],
  ["70021", /issuer and subject/, /Federated credentials/, "secret-1", /federatedIdentity/],
  ["70025", /issuer and subject/, /Federated credentials/, "secret-1", /federatedIdentity/],
  ["700211", /issuer and subject/, /Federated credentials/, "secret-1", /federatedIdentity/],
  ["700212", /audience/, /ARM_OIDC_AUDIENCE/, "secret-1", /federatedIdentity/],
  ["700213", /issuer and subject/, /Federated credentials/, "secret-1", /federatedIdentity/],
  ["7002138", /letter by letter/, /Federated credentials/, "secret-1", /letter by letter/],
  ["700024", /clock/, /timedatectl/, "secret-1", /correct the clock/],
  ["53003", /Conditional Access/, /Service principal sign-ins/, "principal", /exclude the app/],
  ["500011", /does not have the service/, /subscriptions/, "app", /subscriptions/],
  ["500014", /subscription/, /subscriptions/, "app", /subscriptions/],
  ["53004", /no token/, /error\?code=53004/, "app", /error\?code=53004/],
];

describe("a refusal of a token", () => {
  for (const [code, why, own, part, fix] of CASES) {
    it(`means the same of every app: AADSTS${code}`, () => {
      const words = `AADSTS${code}: Words of Entra.`;
      const identity = { clientId: "c", by: "secret" } as const;
      const about = { tenantId: "contoso", now: new Date() };
      const signIn = { service: "Exchange", refused: words } as const;
      const [mine] = judgeIdentity(identity, [signIn], about);
      assert.ok(mine?.severity === "error");
      assert.match(mine.why, why);
      assert.match(mine.fix, own);
      const its = refusalJudgement(words, { sender: shop, stack: "prod" });
      assert.equal(its.reason, signInErrorOf(words)?.why);
      assert.match(its.reason, why);
      assert.match(its.fix, fix);
      assert.equal(its.resource, `relay-shop-${part}`);
    });
  }

  it("is its owner's to mend where the app was adopted", () => {
    const adopting = { ...shop, adoptApplication: "11111111-2222-4333-8444-555555555555" };
    for (const code of ["7000229", "7000222", "700211"]) {
      const found = refusalJudgement(`AADSTS${code}: x`, { sender: adopting, stack: "prod" });
      assert.equal(found.fix, "ask the app's owner to mend it");
      assert.equal(found.resource, "relay-shop-adopted-app");
    }
  });

  it("is none where Entra's words do not begin with a code", () => {
    assert.equal(signInErrorOf("connect ETIMEDOUT: AADSTS700016"), undefined);
    assert.match(fixOfEnvironment("connect ETIMEDOUT"), /^check the network/);
  });
});
