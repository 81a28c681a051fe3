// Sign-ins of the apps that Graph made, beside the deployer's.
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { before, beforeEach, describe, it } from "node:test";
import { decodeJwt, SignJWT } from "jose";
import { type Certificate, issueCertificate } from "../../src/certificates.ts";
import { issueAssertion } from "../../src/entra/outsideIssuer.ts";
import { openLab } from "../../src/lab.ts";
import { EXCHANGE_APP_ID, GRAPH_APP_ID } from "../../src/world/makeDirectory.ts";
import { command, EXCHANGE_SCOPE, ORIGIN } from "./bench.ts";
import {
  appRoleOf,
  type GraphBench,
  keyOf,
  type MadeApp,
  makeApp,
  makeGraphBench,
} from "./graphClient.ts";

const HOUR = 3_600_000;
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const TRUST = {
  name: "ci",
  issuer: "https://ci.example/oidc",
  subject: "repo:One/two",
  audiences: ["api://AzureADTokenExchange"],
};
const PRESENTED = {
  issuer: TRUST.issuer,
  subject: TRUST.subject,
  audience: TRUST.audiences[0] ?? "",
};

describe("sign-ins of the directory's apps", () => {
  let bench: GraphBench;
  let app: MadeApp;
  let path: string;
  let certificate: Certificate;
  before(async () => {
    const { secrets } = await makeGraphBench("app sign-ins");
    certificate = await issueCertificate(secrets.authority, {
      names: ["app"],
      issuer: "self-signed",
      key: "rsa",
    });
  });
  beforeEach(async () => {
    bench = await makeGraphBench("app sign-ins");
    app = await makeApp(bench);
    path = `/v1.0/applications/${app.id}`;
  });

  /** What Entra says to a credential: the token, or the code of the refusal. */
  async function signIn(credential: object, scope = EXCHANGE_SCOPE): Promise<string | number> {
    const form = { client_id: app.appId, grant_type: "client_credentials", scope, ...credential };
    const issued = bench.secrets.issuedTokens.length;
    const response = await bench.requestToken(form);
    const body = (await response.json()) as { access_token?: string; error_codes?: number[] };
    if (body.access_token === undefined) assert.equal(bench.secrets.issuedTokens.length, issued);
    return body.access_token ?? body.error_codes?.[0] ?? 0;
  }
  async function addSecret(order: object = {}): Promise<{ client_secret: string }> {
    const { body } = await bench.ask("POST", `${path}/addPassword`, { passwordCredential: order });
    return { client_secret: body.secretText };
  }
  async function assertion(): Promise<object> {
    const print = new X509Certificate(certificate.chain).fingerprint.replaceAll(":", "");
    const signed = await new SignJWT({})
      .setProtectedHeader({ alg: "RS256", x5t: Buffer.from(print, "hex").toString("base64url") })
      .setIssuer(app.appId)
      .setSubject(app.appId)
      .setAudience(`${ORIGIN}/${bench.world.tenant.id}/oauth2/v2.0/token`)
      .setExpirationTime(Math.floor(bench.clock.now().getTime() / 1000) + 600)
      .sign(createPrivateKey(certificate.key));
    return { client_assertion: signed, client_assertion_type: ASSERTION_TYPE };
  }
  async function federated(change: object = {}): Promise<object> {
    const signed = await issueAssertion({ ...PRESENTED, ...change }, bench);
    return { client_assertion: signed, client_assertion_type: ASSERTION_TYPE };
  }

  it("a secret gets a token of the app's service principal, without roles at first", async () => {
    const secret = await addSecret();
    const claims = decodeJwt(String(await signIn(secret)));
    assert.equal(claims.appid, app.appId);
    assert.equal(claims.oid, app.principalId);
    assert.equal(claims.sub, app.principalId);
    assert.equal(claims.aud, "https://outlook.office365.com");
    assert.equal(claims.app_displayname, "relay");
    assert.ok(!("roles" in claims));
    assert.deepEqual(claims.wids, ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"]);
  });

  it("the roles are those that are assigned on the resource of the token", async () => {
    const secret = await addSecret();
    for (const [resource, value] of [
      [EXCHANGE_APP_ID, "SMTP.SendAsApp"],
      [GRAPH_APP_ID, "Mail.Read"],
    ] as const) {
      const role = appRoleOf(bench, resource, value);
      const assigned = `/v1.0/servicePrincipals/${role.resourceId}/appRoleAssignedTo`;
      await bench.ask("POST", assigned, { ...role, principalId: app.principalId });
    }
    const rolesOf = async (scope: string) => decodeJwt(String(await signIn(secret, scope))).roles;
    assert.deepEqual(await rolesOf(EXCHANGE_SCOPE), ["SMTP.SendAsApp"]);
    assert.deepEqual(await rolesOf("https://graph.microsoft.com/.default"), ["Mail.Read"]);
    const outlook = await signIn(secret, "https://outlook.office.com/.default");
    assert.equal(decodeJwt(String(outlook)).aud, "https://outlook.office.com");
  });

  it("its token opens neither Graph nor the admin API", async () => {
    const secret = await addSecret();
    const state = bench.state();
    bench.useToken(String(await signIn(secret, `${ORIGIN}/.default`)));
    for (const [method, where] of [
      ["GET", "/v1.0/domains"],
      ["GET", path],
      ["DELETE", path],
      ["POST", "/v1.0/users"],
    ] as const) {
      const answer = await bench.ask(method, where, method === "POST" ? {} : undefined);
      assert.deepEqual([answer.status, answer.code], [403, "Authorization_RequestDenied"]);
    }
    const token = await signIn(secret);
    const admin = `/adminapi/beta/${bench.world.tenant.id}/InvokeCommand`;
    const answer = await bench.exchange.request(admin, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(command("Get-InboundConnector")),
    });
    assert.equal(answer.status, 401);
    assert.deepEqual(bench.state(), state);
  });

  it("any secret of the app will do, until it ends or is removed", async () => {
    const endDateTime = new Date(bench.clock.now().getTime() + HOUR).toISOString();
    const short = await addSecret({ endDateTime });
    const long = await addSecret();
    assert.equal(typeof (await signIn(short)), "string");
    assert.equal(typeof (await signIn(long)), "string");
    await bench.clock.advance(2 * HOUR);
    assert.equal(await signIn(short), 7000222);
    assert.equal(typeof (await signIn(long)), "string");
    assert.equal(await signIn({ client_secret: "wrong" }), 7000215);
    const [, held] = bench.world.directory.applications[0]?.passwordCredentials ?? [];
    await bench.use(["Application.ReadWrite.All"]);
    await bench.ask("POST", `${path}/removePassword`, { keyId: held?.keyId });
    assert.equal(await signIn(long), 7000215);
  });

  it("a secret that begins later is not there yet", async () => {
    const startDateTime = new Date(bench.clock.now().getTime() + HOUR).toISOString();
    const secret = await addSecret({ startDateTime });
    assert.equal(await signIn(secret), 7000215);
    await bench.clock.advance(HOUR);
    assert.equal(typeof (await signIn(secret)), "string");
  });

  it("a certificate signs in from its registration to its end", async () => {
    assert.equal(await signIn(await assertion()), 700027);
    const endDateTime = new Date(bench.clock.now().getTime() + HOUR).toISOString();
    const keyCredentials = [{ ...keyOf(certificate.chain), endDateTime }];
    assert.equal((await bench.ask("PATCH", path, { keyCredentials })).status, 204);
    const claims = decodeJwt(String(await signIn(await assertion())));
    assert.equal(claims.appidacr, "2");
    await bench.clock.advance(HOUR);
    assert.equal(await signIn(await assertion()), 700027);
  });

  it("a federated assertion must fit issuer, subject, audience, time and key", async () => {
    assert.equal(await signIn(await federated()), 70021);
    await bench.ask("POST", `${path}/federatedIdentityCredentials`, TRUST);
    assert.equal(typeof (await signIn(await federated())), "string");
    assert.equal(await signIn(await federated({ issuer: "https://other.example" })), 700211);
    assert.equal(await signIn(await federated({ audience: "api://other" })), 700212);
    assert.equal(await signIn(await federated({ subject: "repo:three" })), 700213);
    assert.equal(await signIn(await federated({ subject: "repo:one/two" })), 7002138);
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: "RS256" })
      .setIssuer(TRUST.issuer)
      .setSubject(TRUST.subject)
      .setAudience(PRESENTED.audience)
      .setExpirationTime(Math.floor(bench.clock.now().getTime() / 1000) + 600)
      .sign(createPrivateKey(certificate.key));
    const presented = { client_assertion: forged, client_assertion_type: ASSERTION_TYPE };
    assert.equal(await signIn(presented), 700027);
    const old = await federated({ lifetimeSeconds: 60 });
    await bench.clock.advance(HOUR);
    assert.equal(await signIn(old), 700024);
    assert.equal(typeof (await signIn(await federated())), "string");
  });

  it("an issuer that nobody can ask for keys is refused", async () => {
    await bench.ask("POST", `${path}/federatedIdentityCredentials`, TRUST);
    const presented = await federated();
    bench.world.directory.issuers = [];
    assert.equal(await signIn(presented), 50166);
  });

  it("an app needs a service principal that is enabled", async () => {
    const secret = await addSecret();
    const principal = `/v1.0/servicePrincipals/${app.principalId}`;
    await bench.ask("PATCH", principal, { accountEnabled: false });
    assert.equal(await signIn(secret), 7000112);
    await bench.ask("DELETE", principal);
    assert.equal(await signIn(secret), 7000229);
    await bench.ask("DELETE", path);
    assert.equal(await signIn(secret), 700016);
  });

  it("what Graph made is not there for sign-ins until the delay is over", async () => {
    const known = await addSecret();
    bench.world.settings.signInDelayMs = HOUR;
    const fresh = await addSecret();
    await bench.ask("PATCH", path, { keyCredentials: [keyOf(certificate.chain)] });
    await bench.ask("POST", `${path}/federatedIdentityCredentials`, TRUST);
    assert.equal(typeof (await signIn(known)), "string");
    assert.equal(await signIn(fresh), 7000215);
    assert.equal(await signIn(await assertion()), 700027);
    assert.equal(await signIn(await federated()), 70021);
    app = await makeApp(bench, "late");
    path = `/v1.0/applications/${app.id}`;
    const later = await addSecret();
    assert.equal(await signIn(later), 700016);
    await bench.clock.advance(HOUR);
    assert.equal(typeof (await signIn(later)), "string");
  });

  it("a new service principal takes its time as well", async () => {
    const secret = await addSecret();
    bench.world.settings.signInDelayMs = HOUR;
    await bench.ask("DELETE", `/v1.0/servicePrincipals/${app.principalId}`);
    await bench.ask("POST", "/v1.0/servicePrincipals", { appId: app.appId });
    assert.equal(await signIn(secret), 7000229);
    await bench.clock.advance(HOUR);
    assert.equal(typeof (await signIn(secret)), "string");
  });
});

it("a lab speaks for outside issuers, each with one key, and keeps that secret", async () => {
  const lab = await openLab({ seed: "outside issuers" });
  await lab.clock.advance(HOUR);
  const [first, second] = await Promise.all([
    lab.issueAssertion(PRESENTED),
    lab.issueAssertion({ ...PRESENTED, lifetimeSeconds: 60 }),
  ]);
  assert.equal(lab.world.directory.issuers.length, 1);
  const { iat = 0, exp = 0, sub } = decodeJwt(first);
  assert.deepEqual([exp - iat, sub], [300, TRUST.subject]);
  assert.ok(iat * 1000 > Date.now(), "by the virtual clock");
  const secrets = lab.secrets();
  assert.ok(secrets.includes(first) && secrets.includes(second));
  const dump = JSON.stringify(lab.dump());
  for (const secret of secrets) assert.ok(!dump.includes(secret));
  await lab.close();
});
