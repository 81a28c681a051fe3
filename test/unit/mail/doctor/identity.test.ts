// What is said of the identity in the environment, and of what was refused to be looked at.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { unknownOf } from "../../../../mail/doctor/finding.ts";
import {
  type Identity,
  judgeIdentity,
  type SignIn,
} from "../../../../mail/doctor/tenant/identity.ts";

const CLIENT_ID = "11111111-2222-4333-8444-555555555555";
const NOW = new Date("2026-06-01T12:00:00Z");
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const certificate = (until: Date): Identity => ({ clientId: CLIENT_ID, by: "certificate", until });
const GRAPH: SignIn = { service: "Microsoft Graph" };
const EXCHANGE: SignIn = { service: "Exchange" };
const refusedWith = (words: string): SignIn[] => [
  { ...GRAPH, refused: words },
  { ...EXCHANGE, refused: words },
];

const CASES: readonly [what: string, Identity, SignIn[], severities: string[], said: RegExp][] = [
  [
    "a secret that signs in",
    { clientId: CLIENT_ID, by: "secret" },
    [GRAPH, EXCHANGE],
    ["ok"],
    /signs in to tenant contoso for Microsoft Graph and Exchange, with a client secret/,
  ],
  [
    "a token",
    { clientId: CLIENT_ID, by: "federated token", until: inDays(1) },
    [GRAPH, EXCHANGE],
    ["ok"],
    /with a token of its own identity provider \(ARM_USE_OIDC\), valid until 2026-06-02/,
  ],
  [
    "a certificate that is good for long",
    certificate(inDays(90)),
    [GRAPH, EXCHANGE],
    ["ok"],
    /valid until 2026-08-30/,
  ],
  [
    "a certificate that ends soon",
    certificate(inDays(89)),
    [GRAPH, EXCHANGE],
    ["ok", "warning"],
    /expires on 2026-08-29/,
  ],
  [
    "an expired secret",
    { clientId: CLIENT_ID, by: "secret" },
    refusedWith("AADSTS7000222: The provided client secret keys for app 'x' are expired."),
    ["error", "error"],
    /the app's secret has expired; no preview.*export its value as ARM_CLIENT_SECRET/,
  ],
  [
    "a wrong client id, for one service alone",
    { clientId: CLIENT_ID, by: "secret" },
    [
      GRAPH,
      { ...EXCHANGE, refused: "AADSTS700016: Application with identifier 'x' was not found" },
    ],
    ["error", "ok"],
    /signs in to tenant contoso for Microsoft Graph, with/,
  ],
  [
    "no answer",
    { clientId: CLIENT_ID, by: "secret" },
    refusedWith("getaddrinfo ENOTFOUND login.microsoftonline.com"),
    ["unknown", "unknown"],
    /Entra gave no reason/,
  ],
];

describe("the identity in the environment", () => {
  for (const [what, identity, signIns, severities, said] of CASES) {
    it(`${severities.join(", ")}: ${what}`, () => {
      const found = judgeIdentity(identity, signIns, { tenantId: "contoso", now: NOW });
      assert.deepEqual(
        found.map(({ severity }) => severity),
        severities,
      );
      assert.match(JSON.stringify(found), said);
    });
  }
});

describe("what could not be looked at", () => {
  it("is unknown, with the words and the advice of the error", () => {
    const error = new Error("Graph GET /x: Insufficient privileges.; grant the app Y; twice\nat z");
    assert.deepEqual(unknownOf(error, { resource: "policy" }), {
      severity: "unknown",
      what: "could not be looked at: Graph GET /x: Insufficient privileges.",
      why: "nothing is known of it, so it may be what keeps mail from arriving",
      fix: "grant the app Y; twice",
      resource: "policy",
    });
    const bare = unknownOf("no answer", { what: "the policy" });
    assert.equal(bare.what, "the policy could not be looked at: no answer");
    assert.equal(
      "fix" in bare && bare.fix,
      "do what the message says, and run npm run doctor -- --stack NAME again",
    );
  });
});
