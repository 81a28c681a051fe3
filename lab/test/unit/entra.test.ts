import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { ClientCertificateCredential, ClientSecretCredential } from "@azure/identity";
import { decodeJwt, type JWTHeaderParameters, SignJWT } from "jose";
import { issueCertificate } from "../../src/certificates.ts";
import { type Lab, openLab } from "../../src/lab.ts";
import { type Bench, EXCHANGE_SCOPE, goodForm, makeBench, ORIGIN } from "./bench.ts";

interface EntraError {
  error: string;
  error_description: string;
  error_codes: number[];
  trace_id: string;
  correlation_id: string;
  timestamp: string;
}

describe("token endpoint", () => {
  let bench: Bench;
  let good: Record<string, string>;
  before(async () => {
    bench = await makeBench();
    good = goodForm(bench.world.deployer.clientId, bench.secrets, EXCHANGE_SCOPE);
  });

  const refusals: [string, Record<string, string | undefined>, number, number][] = [
    ["a wrong secret", { client_secret: "wrong" }, 401, 7000215],
    ["an unknown app", { client_id: "00000000-0000-0000-0000-000000000000" }, 400, 700016],
    ["two scopes", { scope: `${EXCHANGE_SCOPE} a/.default` }, 400, 70011],
    ["a scope without .default", { scope: "https://outlook.office365.com/x" }, 400, 1002012],
    ["an unknown resource", { scope: "https://example.com/.default" }, 400, 500011],
    ["no credential", { client_secret: undefined }, 401, 7000216],
    ["no scope", { scope: undefined }, 400, 900144],
    ["another grant", { grant_type: "implicit" }, 400, 70003],
    ["a parameter it does not know", { resource: "x" }, 400, 9000411],
  ];
  for (const [what, change, status, code] of refusals) {
    it(`refuses ${what} with AADSTS${code} and issues nothing`, async () => {
      const issued = bench.secrets.issuedTokens.length;
      const entries = Object.entries({ ...good, ...change }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value]],
      );
      const response = await bench.requestToken(Object.fromEntries(entries));
      const body = (await response.json()) as EntraError;
      assert.equal(response.status, status);
      assert.deepEqual(body.error_codes, [code]);
      assert.match(body.error_description, new RegExp(`^AADSTS${code}: .+ Trace ID: `));
      assert.match(body.trace_id + body.correlation_id, /^[0-9a-f-]{72}$/);
      assert.equal(bench.secrets.issuedTokens.length, issued);
    });
  }

  it("refuses an unknown tenant with AADSTS90002", async () => {
    const response = await bench.requestToken(good, "nowhere.example");
    assert.deepEqual(((await response.json()) as EntraError).error_codes, [90002]);
  });

  it("a token holds the app's rights of the moment, for the resource it was asked for", async () => {
    const { world, clock } = bench;
    const claims = decodeJwt(await bench.tokenFor(EXCHANGE_SCOPE));
    assert.equal(claims.aud, "https://outlook.office365.com");
    assert.equal(claims.tid, world.tenant.id);
    assert.equal(claims.appid, world.deployer.clientId);
    assert.equal(claims.oid, world.deployer.servicePrincipalId);
    assert.deepEqual(claims.roles, ["Exchange.ManageAsApp"]);
    const life = (claims.exp ?? 0) - clock.now().getTime() / 1000;
    assert.ok(life > 3500 && life < 5400);
  });

  it("a certificate's assertion must be signed with the registered key", async () => {
    const { world, clock } = bench;
    const authority = bench.secrets.authority;
    const registered = await issueCertificate(authority, {
      names: ["app"],
      issuer: "self-signed",
      key: "rsa",
    });
    const other = await issueCertificate(authority, {
      names: ["app"],
      issuer: "self-signed",
      key: "rsa",
    });
    world.deployer.certificates.push(registered.chain);
    const thumbprint = thumbprintOf(registered.chain);
    const sign = (key: string, audience: string, header: Omit<JWTHeaderParameters, "alg"> = {}) =>
      new SignJWT({})
        .setProtectedHeader({ alg: "PS256", "x5t#S256": thumbprint, ...header })
        .setIssuer(world.deployer.clientId)
        .setSubject(world.deployer.clientId)
        .setAudience(audience)
        .setExpirationTime(Math.floor(clock.now().getTime() / 1000) + 600)
        .sign(createPrivateKey(key));
    const endpoint = `${ORIGIN}/${world.tenant.id}/oauth2/v2.0/token`;
    const ask = async (assertion: string) => {
      const { client_secret: _, ...rest } = good;
      const response = await bench.requestToken({
        ...rest,
        client_assertion: assertion,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      });
      return { status: response.status, body: (await response.json()) as EntraError };
    };
    assert.equal((await ask(await sign(registered.key, endpoint))).status, 200);
    // The azuread plugin's way.
    const sha1 = Buffer.from(
      new X509Certificate(registered.chain).fingerprint.replaceAll(":", ""),
      "hex",
    );
    const byKid = (kid: string) => sign(registered.key, endpoint, { "x5t#S256": undefined, kid });
    assert.equal((await ask(await byKid(`${sha1.toString("base64url")}=`))).status, 200);
    assert.deepEqual((await ask(await byKid("other"))).body.error_codes, [700027]);
    const forged = await ask(await sign(other.key, endpoint));
    assert.deepEqual(forged.body.error_codes, [700027]);
    const astray = await ask(await sign(registered.key, "https://elsewhere.example"));
    assert.deepEqual(astray.body.error_codes, [700023]);
    const nonsense = await ask("nonsense");
    assert.deepEqual(nonsense.body.error_codes, [50027]);
  });

  it("a federated assertion must match issuer, subject and audience of its record", async () => {
    const { world, clock, secrets } = bench;
    const issuer = await issueCertificate(secrets.authority, {
      names: ["ci"],
      issuer: "self-signed",
      key: "rsa",
    });
    world.deployer.federatedCredentials.push({
      issuer: "https://token.ci.example",
      subject: "repo:one",
      audience: "api://AzureADTokenExchange",
      certificate: issuer.chain,
    });
    const ask = async (subject: string) => {
      const assertion = await new SignJWT({})
        .setProtectedHeader({ alg: "RS256" })
        .setIssuer("https://token.ci.example")
        .setSubject(subject)
        .setAudience("api://AzureADTokenExchange")
        .setExpirationTime(Math.floor(clock.now().getTime() / 1000) + 600)
        .sign(createPrivateKey(issuer.key));
      const { client_secret: _, ...rest } = good;
      return bench.requestToken({
        ...rest,
        client_assertion: assertion,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      });
    };
    assert.equal((await ask("repo:one")).status, 200);
    const refused = (await (await ask("repo:two")).json()) as EntraError;
    assert.deepEqual(refused.error_codes, [700213]);
  });

  it("refuses an unknown route and logs that", async () => {
    const response = await bench.entra.request("/common/nothing");
    assert.equal(response.status, 404);
    assert.equal(bench.log.count({ service: "entra", refused: true }), 1);
  });

  it("describes the cloud for the azuread plugin", async () => {
    const response = await bench.entra.request("/metadata/endpoints?api-version=2022-09-01");
    const body = (await response.json()) as Record<string, unknown>;
    assert.equal(body.microsoftGraphResourceId, ORIGIN);
    assert.equal((await bench.entra.request("/metadata/endpoints")).status, 404);
  });
});

function thumbprintOf(pem: string): string {
  const hex = new X509Certificate(pem).fingerprint256.replaceAll(":", "");
  return Buffer.from(hex, "hex").toString("base64url");
}

describe("@azure/identity against the lab", () => {
  let lab: Lab;
  let folder: string;
  before(async () => {
    lab = await openLab({ seed: "identity" });
    folder = mkdtempSync(join(tmpdir(), "lab-test-"));
    const root = readFileSync(lab.caFile, "utf8");
    setDefaultCACertificates([...getCACertificates("default"), root]);
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await lab.close();
  });

  const options = () => ({
    authorityHost: `https://${lab.env.ARM_METADATA_HOSTNAME}`,
    disableInstanceDiscovery: true,
  });

  it("a client secret gets a token", async () => {
    const { ARM_TENANT_ID = "", ARM_CLIENT_ID = "", ARM_CLIENT_SECRET = "" } = lab.env;
    const credential = new ClientSecretCredential(
      ARM_TENANT_ID,
      ARM_CLIENT_ID,
      ARM_CLIENT_SECRET,
      options(),
    );
    const { token } = await credential.getToken(EXCHANGE_SCOPE);
    assert.equal(decodeJwt(token).tid, ARM_TENANT_ID);
    assert.ok(lab.secrets().includes(token));
  });

  it("a wrong secret fails with Entra's words", async () => {
    const { ARM_TENANT_ID = "", ARM_CLIENT_ID = "" } = lab.env;
    const credential = new ClientSecretCredential(ARM_TENANT_ID, ARM_CLIENT_ID, "no", options());
    await assert.rejects(credential.getToken(EXCHANGE_SCOPE), /AADSTS7000215/);
  });

  it("a certificate gets a token once it is registered", async () => {
    const { ARM_TENANT_ID = "", ARM_CLIENT_ID = "" } = lab.env;
    const { chain, key } = await lab.issueCertificate({
      names: ["deployer"],
      issuer: "self-signed",
      key: "rsa",
    });
    const certificatePath = join(folder, "app.pem");
    writeFileSync(certificatePath, `${key}\n${chain}`);
    const ask = () =>
      new ClientCertificateCredential(
        ARM_TENANT_ID,
        ARM_CLIENT_ID,
        { certificatePath },
        options(),
      ).getToken(EXCHANGE_SCOPE);
    await assert.rejects(ask(), /AADSTS700027/);
    lab.registerCertificate(chain);
    assert.equal(decodeJwt((await ask()).token).appidacr, "2");
  });
});
