import { createPrivateKey, X509Certificate } from "node:crypto";
import { SignJWT } from "jose";
import { issueCertificate } from "../certificates.ts";
import { type Context, newGuid } from "../context.ts";
import type { Secrets } from "../world/secrets.ts";

/** What an outside identity provider is to say of a workload. */
export interface AssertionOrder {
  /** URL of the provider, such as `https://token.actions.githubusercontent.com`; it begins with the first order. */
  issuer: string;
  subject: string;
  /** Outside, `api://AzureADTokenExchange`. */
  audience: string;
  /** @default 300, as GitHub Actions has it */
  lifetimeSeconds?: number;
}

/** Signs a JWT as an outside identity provider does for its workloads (RFC 7523), dated by the virtual clock. */
export async function issueAssertion(
  { issuer, subject, audience, lifetimeSeconds = 300 }: AssertionOrder,
  { context, secrets }: { context: Context; secrets: Secrets },
): Promise<string> {
  const key = await keyOf(issuer, context, secrets);
  const now = Math.floor(context.clock.now().getTime() / 1000);
  const assertion = await new SignJWT({})
    .setProtectedHeader({ typ: "JWT", alg: "RS256" })
    .setJti(newGuid(context.world))
    .setIssuer(issuer)
    .setSubject(subject)
    .setAudience(audience)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(createPrivateKey(key));
  secrets.issuedTokens.push(assertion);
  context.changed();
  return assertion;
}

/** The provider's private key, PEM; made on first use, its public part shown in the directory. */
async function keyOf(issuer: string, context: Context, secrets: Secrets): Promise<string> {
  const { host } = new URL(issuer);
  const known = secrets.issuerKeys[issuer];
  if (known !== undefined) return known;
  const { key, chain } = await issueCertificate(secrets.authority, {
    names: [host],
    issuer: "self-signed",
    key: "rsa",
  });
  const meanwhile = secrets.issuerKeys[issuer];
  if (meanwhile !== undefined) return meanwhile;
  secrets.issuerKeys[issuer] = key;
  const certificate = new X509Certificate(chain).toString();
  context.world.directory.issuers.push({ issuer, certificate });
  context.changed();
  return key;
}
