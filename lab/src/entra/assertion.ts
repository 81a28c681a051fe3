import { X509Certificate } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Client, FederatedRecord } from "./clients.ts";
import * as replies from "./replies.ts";

type Refusal = Sourced<HttpReply>;

const ALGORITHMS = ["RS256", "PS256"];

/** What an assertion is checked against. `audiences` are the names of the token endpoint. */
export interface AssertionCheck {
  client: Client;
  audiences: string[];
  trace: replies.Trace;
}

/**
 * Judges a client assertion (RFC 7523 section 3; "certificate credentials" on Learn): signed by a
 * certificate registered on the app and named by x5t or x5t#S256, or by the issuer of a registered
 * federated credential. The azuread plugin names its certificate by kid alone, with base64url's padding
 * (go-azure-sdk, sdk/auth, ClientAssertionAuthorizer); that Entra takes it is known by that only.
 *
 * @returns Entra's refusal, or undefined when the assertion is good
 */
export async function refuseAssertion(
  assertion: string,
  check: AssertionCheck,
): Promise<Refusal | undefined> {
  const parsed = parse(assertion);
  if (parsed === undefined) return replies.malformedAssertion(check.trace);
  const { header, payload } = parsed;
  if (payload.iss !== check.client.clientId) return refuseFederated(assertion, payload, check);
  const thumbprint = header["x5t#S256"] ?? header.x5t ?? header.kid?.replace(/=+$/, "") ?? "";
  return refuseCertificate(assertion, thumbprint, check);
}

async function refuseCertificate(
  assertion: string,
  thumbprint: string,
  check: AssertionCheck,
): Promise<Refusal | undefined> {
  const { client, audiences, trace } = check;
  const printed = Buffer.from(thumbprint, "base64url").toString("hex").toUpperCase();
  const found = client.certificates.find(({ pem }) => thumbprints(pem).includes(thumbprint));
  if (found === undefined) {
    return replies.unregisteredCertificate(trace, printed, client.clientId);
  }
  const { from, until } = found.period;
  if ((from !== null && trace.at < from) || (until !== null && trace.at >= until)) {
    return replies.expiredCertificate(trace, printed, found.period, client.clientId);
  }
  return refuseJwt(assertion, found.pem, { subject: client.clientId, audience: audiences }, trace);
}

async function refuseFederated(
  assertion: string,
  payload: JWTPayload,
  { client, trace }: AssertionCheck,
): Promise<Refusal | undefined> {
  const record = findRecord(payload, client.federated, trace);
  if ("reply" in record) return record;
  const { issuer, subject, audiences, certificate } = record;
  if (certificate === null) return replies.issuerWithoutKeys(trace, issuer);
  return refuseJwt(assertion, certificate, { subject, audience: audiences }, trace);
}

/** The federated credential that an assertion was made for; what does not fit is named by its own code. */
function findRecord(
  { iss = "", sub = "", aud = "" }: JWTPayload,
  records: FederatedRecord[],
  trace: replies.Trace,
): FederatedRecord | Refusal {
  const presented = [aud].flat();
  if (records.length === 0) {
    return replies.noFederatedCredential(trace, iss, sub, presented.join(", "));
  }
  const byIssuer = records.filter(({ issuer }) => issuer === iss);
  if (byIssuer.length === 0) return replies.unknownAssertionIssuer(trace, iss);
  const bySubject = byIssuer.filter(({ subject }) => subject === sub);
  if (bySubject.length === 0) {
    const differsInCase = byIssuer.some(
      ({ subject }) => subject.toLowerCase() === sub.toLowerCase(),
    );
    return differsInCase
      ? replies.assertionSubjectCase(trace, sub)
      : replies.unknownAssertionSubject(trace, sub);
  }
  const record = bySubject.find(({ audiences }) =>
    audiences.some((one) => presented.includes(one)),
  );
  return record ?? replies.unknownAssertionAudience(trace, presented.join(", "));
}

async function refuseJwt(
  assertion: string,
  certificate: string,
  claims: { subject: string; audience: string[] },
  trace: replies.Trace,
): Promise<Refusal | undefined> {
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
