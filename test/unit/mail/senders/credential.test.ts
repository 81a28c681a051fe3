import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Credential, chooseCredential } from "../../../../mail/senders/credential.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

const shop: Sender = {
  ...{ name: "shop", from: ["orders@contoso.com"], authentication: ["oauth", "password"] },
  ...{ egress: [], ...DEFAULTS },
};
const clientId = "11111111-1111-1111-1111-111111111111";
const identity = (subject: string) => ({ issuer: "https://idp.example", subject, audience: "x" });
const [one, two] = [identity("one"), identity("two")];
const [old, next] = [{ certificate: "old" }, { certificate: "next", name: "next" }];
const generations = { credentialGeneration: 3 };

/** What a sender has, what it signs in with, and why; each row has what those below it have too. */
const ROWS: readonly (readonly [Partial<Sender>, Credential, because: string])[] = [
  [
    { authentication: ["password"], adoptApplication: clientId, ...generations },
    { by: "password", generation: 3 },
    "it can do nothing but sign in with a password",
  ],
  [
    { adoptApplication: clientId, federatedIdentity: [one], signInCertificate: [old] },
    { by: "adoptedApp", clientId },
    "it signs in with OAuth, by an app that it has already",
  ],
  [
    { federatedIdentity: [one, two], signInCertificate: [old] },
    { by: "federatedIdentity", identities: [one, two] },
    "it signs in with OAuth, by an identity that it has already",
  ],
  [
    { signInCertificate: [old, next] },
    { by: "certificate", certificates: [old, next] },
    "it signs in with OAuth, by a certificate whose key it keeps",
  ],
  [
    generations,
    { by: "secret", generations: [3, 2] },
    "it signs in with OAuth, with a client secret, as it has neither an identity elsewhere nor a certificate to sign in with",
  ],
];

describe("chooseCredential", () => {
  for (const [change, credential, because] of ROWS) {
    it(`takes ${credential.by} with ${Object.keys(change).join(", ")}`, () =>
      assert.deepEqual(chooseCredential({ ...shop, ...change }), { credential, because }));
  }
});
