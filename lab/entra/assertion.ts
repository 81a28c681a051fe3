import { X509Certificate } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { DeployerApp, FederatedCredential } from "../world/world.ts";
import * as replies from "./replies.ts";

const ALGORITHMS = ["RS256", "PS256"];

/** What an assertion is checked against. `audiences` are the names of the token endpoint. */
export interface AssertionCheck {
  app: DeployerApp;
  audiences: string[];
  trace: replies.Trace;
}

/**
 * Judges a client assertion (RFC 7523 section 3; "certificate credentials" on Learn): signed by a
 * certificate registered on the app and named by x5t or x5t#S256, or by the issuer of a registered
 * federated credential.
 *
 * @returns Entra's refusal, or undefined when the assertion is good
 */
export async function refuseAssertion(
  assertion: string,
  check: AssertionCheck,
): Promise<Sourced<HttpReply> | undefined> {
  const parsed = parse(assertion);
  if (parsed === undefined) return replies.malformedAssertion(check.trace);
  const { header, payload } = parsed;
  if (payload.iss !== check.app.clientId) {
    const credential = check.app.federatedCredentials.find(
      ({ issuer, subject, audience }) =>
        issuer === payload.iss && subject === payload.sub && audience === payload.aud,
    );
    if (!credential) return replies.noFederatedCredential(check.trace, payload.sub ?? "");
    return refuseFederated(assertion, credential, check);
  }
  const thumbprint = header["x5t#S256"] ?? header.x5t ?? "";
  const certificate = check.app.certificates.find((pem) => thumbprints(pem).includes(thumbprint));
  if (certificate === undefined) {
    const printed = Buffer.from(thumbprint, "base64url").toString("hex").toUpperCase();
    return replies.unregisteredCertificate(check.trace, printed, check.app.clientId);
  }
  const { audiences, app } = check;
  return refuseJwt(assertion, certificate, { subject: app.clientId, audience: audiences }, check);
}

function refuseFederated(
  assertion: string,
  { certificate, subject, audience }: FederatedCredential,
  check: AssertionCheck,
): Promise<Sourced<HttpReply> | undefined> {
  return refuseJwt(assertion, certificate, { subject, audience: [audience] }, check);
}

async function refuseJwt(
  assertion: string,
  certificate: string,
  claims: { subject: string; audience: string[] },
  { trace }: AssertionCheck,
): Promise<Sourced<HttpReply> | undefined> {
  try {
    await jwtVerify(assertion, new X509Certificate(certificate).publicKey, {
      algorithms: ALGORITHMS,
      requiredClaims: ["exp"],
      currentDate: trace.at,
      clockTolerance: 300,
      ...claims,
    });
    return undefined;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return replies.assertionOutOfTime(trace);
    if (error instanceof errors.JWTClaimValidationFailed) {
      if (error.claim === "aud") return replies.wrongAssertionAudience(trace);
      if (error.claim === "nbf") return replies.assertionOutOfTime(trace);
      return replies.malformedAssertion(trace);
    }
    return replies.badAssertionSignature(trace);
  }
}

function parse(assertion: string) {
  try {
    const header: Record<string, string | undefined> = {};
    for (const [key, value] of Object.entries(decodeProtectedHeader(assertion))) {
      if (typeof value === "string") header[key] = value;
    }
    return { header, payload: decodeJwt(assertion) };
  } catch {
    return undefined;
  }
}

/** SHA-1 and SHA-256 of the certificate, base64url. */
function thumbprints(pem: string): string[] {
  const { fingerprint, fingerprint256 } = new X509Certificate(pem);
  return [fingerprint, fingerprint256].map((print) =>
    Buffer.from(print.replaceAll(":", ""), "hex").toString("base64url"),
  );
}
