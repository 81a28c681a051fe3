import { X509Certificate } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Client, FederatedRecord } from "./clients.ts";
import { entraError, type Trace } from "./envelope.ts";

type Refusal = Sourced<HttpReply>;

const ALGORITHMS = ["RS256", "PS256"];

/** What an assertion is checked against. `audiences` are the names of the token endpoint. */
export interface AssertionCheck {
  client: Client;
  audiences: string[];
  trace: Trace;
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
  if (parsed === undefined) return entraError("entra.malformed-assertion", check.trace);
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
    return entraError("entra.unregistered-certificate", trace, {
      thumbprint: printed,
      app: client.clientId,
    });
  }
  const { from, until } = found.period;
  if ((from !== null && trace.at < from) || (until !== null && trace.at >= until)) {
    return entraError("entra.expired-certificate", trace, {
      thumbprint: printed,
      start: americanTime(from),
      end: americanTime(until),
      app: client.clientId,
    });
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
  if (certificate === null) return entraError("entra.issuer-without-keys", trace, { issuer });
  return refuseJwt(assertion, certificate, { subject, audience: audiences }, trace);
}

/** The federated credential that an assertion was made for; what does not fit is named by its own code. */
function findRecord(
  { iss = "", sub = "", aud = "" }: JWTPayload,
  records: FederatedRecord[],
  trace: Trace,
): FederatedRecord | Refusal {
  const presented = [aud].flat();
  if (records.length === 0) {
    return entraError("entra.no-federated-credential", trace, {
      issuer: iss,
      subject: sub,
      audience: presented.join(", "),
    });
  }
  const byIssuer = records.filter(({ issuer }) => issuer === iss);
  if (byIssuer.length === 0)
    return entraError("entra.unknown-assertion-issuer", trace, { issuer: iss });
  const bySubject = byIssuer.filter(({ subject }) => subject === sub);
  if (bySubject.length === 0) {
    const differsInCase = byIssuer.some(
      ({ subject }) => subject.toLowerCase() === sub.toLowerCase(),
    );
    return differsInCase
      ? entraError("entra.assertion-subject-case", trace, { subject: sub })
      : entraError("entra.unknown-assertion-subject", trace, { subject: sub });
  }
  const record = bySubject.find(({ audiences }) =>
    audiences.some((one) => presented.includes(one)),
  );
  return (
    record ??
    entraError("entra.unknown-assertion-audience", trace, { audience: presented.join(", ") })
  );
}

async function refuseJwt(
  assertion: string,
  certificate: string,
  claims: { subject: string; audience: string[] },
  trace: Trace,
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
    if (error instanceof errors.JWTExpired) return entraError("entra.assertion-out-of-time", trace);
    if (error instanceof errors.JWTClaimValidationFailed) {
      if (error.claim === "aud") return entraError("entra.wrong-assertion-audience", trace);
      if (error.claim === "nbf") return entraError("entra.assertion-out-of-time", trace);
      return entraError("entra.malformed-assertion", trace);
    }
    return entraError("entra.bad-assertion-signature", trace);
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

/** `06/29/2021 21:13:15` */
function americanTime(date: Date | null): string {
  const [day = "", time = ""] = (date?.toISOString() ?? "").split(/[T.]/);
  const [year, month, dayOfMonth] = day.split("-");
  return `${month}/${dayOfMonth}/${year} ${time}`;
}

/** SHA-1 and SHA-256 of the certificate, base64url. */
function thumbprints(pem: string): string[] {
  const { fingerprint, fingerprint256 } = new X509Certificate(pem);
  return [fingerprint, fingerprint256].map((print) =>
    Buffer.from(print.replaceAll(":", ""), "hex").toString("base64url"),
  );
}
