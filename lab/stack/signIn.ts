import { createHash, createPrivateKey, randomUUID, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { SignJWT } from "jose";
import type { Lab } from "../src/lab.ts";
import { type LabApplication, signInCertificate } from "./senders.ts";

/** What an application needs to sign in: a part of the stack's output `senders`. */
export interface SignIn {
  readonly tokenEndpoint: string;
  readonly scope: string;
  readonly clientId: string;
  readonly mailbox: string;
}

/** How long an assertion may be used, in seconds. */
const LIFETIME = 600;

/**
 * Gets a token as an application does: by the stack's outputs, and its own assertion or certificate.
 *
 * @throws Error with Entra's words
 * @see RFC 6749 section 4.4 and RFC 7523 section 2.2
 */
export async function getToken(
  lab: Lab,
  application: LabApplication,
  signIn: SignIn,
): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: signIn.clientId,
    scope: signIn.scope,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await assertionOf(lab, application, signIn),
  });
  const answer = (await post(signIn.tokenEndpoint, form, lab.caFile)) as {
    access_token?: string;
    error_description?: string;
  };
  if (answer.access_token !== undefined) return answer.access_token;
  throw new Error(`no token: ${answer.error_description?.split(" Trace ID")[0]}`);
}

function assertionOf(lab: Lab, application: LabApplication, signIn: SignIn): Promise<string> {
  const { federatedIdentity: identity, signInCertificate: certificate } = application;
  if (identity !== undefined) {
    return lab.issueAssertion({ ...identity, audience: "api://AzureADTokenExchange" });
  }
  const { raw } = new X509Certificate(certificate ?? "");
  const now = Math.floor(lab.clock.now().getTime() / 1000);
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({
      alg: "PS256",
      typ: "JWT",
      "x5t#S256": createHash("sha256").update(raw).digest("base64url"),
    })
    .setIssuer(signIn.clientId)
    .setSubject(signIn.clientId)
    .setAudience(signIn.tokenEndpoint)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + LIFETIME)
    .sign(createPrivateKey(application.key ?? signInCertificate(lab.seed).key));
}

/** Posts a form to a server of the lab, whose root this process does not know; answers what came as JSON. */
async function post(url: string, form: URLSearchParams, caFile: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  request(url, { method: "POST", ca: readFileSync(caFile), headers }, (answer) =>
    text(answer).then(resolve, reject),
  )
    .on("error", reject)
    .end(form.toString());
  return JSON.parse(await promise);
}
