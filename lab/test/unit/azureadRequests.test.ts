// Every request that the unmodified azuread plugin (6.9.1) made in one lifecycle of a user, an app registration with
// its credentials and an app role, sent to the lab's Entra and Graph in order.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { issueCertificate } from "../../src/certificates.ts";
import { EXCHANGE_APP_ID } from "../../src/world/makeDirectory.ts";
import { type Bench, makeBench, ORIGIN } from "./bench.ts";
import { countPhases, looksLike, mapper, type Recorded, recordingOf } from "./recording.ts";

/** What the recording has in the place of the lab's own names and ids. */
const RECORDED = {
  origin: "https://localhost:9443",
  encodedOrigin: "https%3A%2F%2Flocalhost%3A9443",
  domain: "contoso.com",
  owner: "11111111-1111-1111-1111-111111111111",
  tenant: "22222222-2222-2222-2222-222222222222",
  client: "33333333-3333-3333-3333-333333333333",
  secret: "client_secret=s3",
  exchange: "e0e0e0e0-0000-4000-8000-000000000001",
  appId: "b3f68855-f126-4114-956a-c763bc7eda2d",
  passwordKeyId: "1db92311-642e-4061-a043-00a48564817f",
};

/** The id that a POST of the recording made, by the last part of its path. */
const MADE: Record<string, string> = {
  users: "0d143c17-b1e7-4a0c-a5c7-9be350acdccd",
  applications: "7ffc697f-c805-4790-9cff-713a3aacf67f",
  servicePrincipals: "2f95de1d-388c-49cc-9a75-a401c4221f4a",
  appRoleAssignedTo: "RUr2PWx6LlMvcTQDRoaZiQ",
  federatedIdentityCredentials: "85db1e68-a80f-49ab-a23d-80a5da3b3b5e",
};

/** What the plugin's SDK reads of an object, by where it stands. */
const FIELDS: [RegExp, string][] = [
  [
    /\/v1\.0\/applications(\/[^/]+)?$/,
    "id appId displayName api appRoles createdDateTime identifierUris info keyCredentials passwordCredentials publicClient publisherDomain requiredResourceAccess signInAudience spa tags web",
  ],
  [
    /\/v1\.0\/servicePrincipals(\/[^/]+)?$/,
    "id appId displayName accountEnabled alternativeNames appOwnerOrganizationId appRoleAssignmentRequired appRoles homepage loginUrl logoutUrl notes notificationEmailAddresses oauth2PermissionScopes preferredSingleSignOnMode replyUrls servicePrincipalNames servicePrincipalType signInAudience tags",
  ],
  [/\/v1\.0\/users(\/[^/?]+)?$/, "id displayName mail userPrincipalName surname mobilePhone"],
  [
    /\/appRoleAssignedTo(\/[^/]+)?$/,
    "id appRoleId principalId principalDisplayName principalType resourceId resourceDisplayName",
  ],
  [/\/federatedIdentityCredentials(\/[^/]+)?$/, "id name issuer subject audiences description"],
  [/\/addPassword$/, "keyId secretText startDateTime endDateTime displayName hint"],
  [/\/metadata\/endpoints$/, "authentication microsoftGraphResourceId"],
];

type Answered = Record<string, unknown>;

const recording = recordingOf("microsoft");

describe("the recorded requests of the azuread plugin", () => {
  it("are complete", () => {
    assert.deepEqual(countPhases(recording), [57, 5, 32, 9, 42]);
  });

  it("get the recorded status and the fields that the plugin reads", async () => {
    const bench = await makeBench("azuread requests");
    const before = structuredClone(bench.world.directory);
    const certificate = await newCertificate(bench);
    const ids = new Map<string, string>(knownIds(bench));
    const mapped = mapper(ids);
    let token = "";

    for (const recorded of recording) {
      const path = mapped(recorded.path);
      const what = `${recorded.phase}: ${recorded.method} ${recorded.path}`;
      const sent = bodyOf(recorded, mapped, certificate);
      const response = await send(bench, recorded.method, path, sent, token);
      const text = await response.text();
      assert.equal(response.status, recorded.status, `${what}: ${text}`);
      const answered: Answered = text === "" ? {} : JSON.parse(text);
      if (response.ok) judge(answered, path, what);
      if (path.endsWith("/oauth2/v2.0/token")) token = String(answered.access_token);
      if (recorded.method === "POST") remember(ids, path, answered);
    }
    assert.deepEqual(bench.world.directory, before);
    assert.deepEqual(bench.log.events({ refused: true }), []);
  });
});

function knownIds({ world, secrets }: Bench): [string, string][] {
  const exchange = world.directory.servicePrincipals.find(({ appId }) => appId === EXCHANGE_APP_ID);
  return [
    [RECORDED.origin, ORIGIN],
    [RECORDED.encodedOrigin, encodeURIComponent(ORIGIN)],
    [RECORDED.domain, world.tenant.domain],
    [RECORDED.owner, world.deployer.servicePrincipalId],
    [RECORDED.tenant, world.tenant.id],
    [RECORDED.client, world.deployer.clientId],
    [RECORDED.secret, `client_secret=${encodeURIComponent(secrets.clientSecret)}`],
    [RECORDED.exchange, exchange?.id ?? ""],
  ];
}

/** base64 of a PEM, as the plugin sends it; the recorded one has run out, or will. */
async function newCertificate({ secrets }: Bench): Promise<string> {
  const { chain } = await issueCertificate(secrets.authority, {
    names: ["localhost"],
    issuer: "self-signed",
    key: "rsa",
  });
  return Buffer.from(new X509Certificate(chain).toString()).toString("base64");
}

function bodyOf(
  { body }: Recorded,
  mapped: (text: string) => string,
  certificate: string,
): string | undefined {
  if (body === undefined || typeof body === "string") return body && mapped(body);
  const withCertificate = (name: string, value: unknown): unknown =>
    name === "key" ? certificate : value;
  return mapped(JSON.stringify(body, withCertificate));
}

async function send(
  { entra, graph }: Bench,
  method: string,
  path: string,
  body: string | undefined,
  token: string,
): Promise<Response> {
  const isGraph = /^\/(v1\.0|beta)\//.test(path);
  const headers: Record<string, string> = isGraph
    ? { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" }
    : {};
  return (isGraph ? graph : entra).request(path, { method, headers, ...(body && { body }) });
}

/** An answer has what the plugin reads, in each object of a list too; what was selected is all there. */
function judge(answered: Answered, path: string, what: string): void {
  const { pathname, searchParams } = new URL(path, ORIGIN);
  const selected = searchParams.get("$select")?.split(",").join(" ");
  const fields = selected ?? FIELDS.find(([pattern]) => pattern.test(pathname))?.[1];
  if (Object.keys(answered).length === 0 || fields === undefined) return;
  const objects = Array.isArray(answered.value) ? answered.value : [answered];
  assert.ok(objects.length > 0 || pathname.endsWith("/owners") || what.includes("b3f68855"), what);
  for (const object of objects) looksLike(object, fields);
}

function remember(ids: Map<string, string>, path: string, answered: Answered): void {
  const last = path.split("/").at(-1) ?? "";
  const made = MADE[last];
  if (made !== undefined) ids.set(made, String(answered.id));
  if (last === "applications") ids.set(RECORDED.appId, String(answered.appId));
  if (last === "addPassword") ids.set(RECORDED.passwordKeyId, String(answered.keyId));
}
