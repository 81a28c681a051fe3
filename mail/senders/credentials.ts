import { X509Certificate } from "node:crypto";
import type { Problem } from "../problem.ts";

/** The audience that Entra expects in an outside token by default. */
export const DEFAULT_AUDIENCE = "api://AzureADTokenExchange";

/** Characters that Entra keeps of an issuer, a subject or an audience. */
const LONGEST = 600;

/**
 * Says what is wrong with the issuer of a federated identity.
 *
 * @see https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
 */
export function issuerProblem(key: string, value: string): Problem | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const fine = url?.protocol === "https:" && url.search === "" && url.hash === "";
  if (fine && value.length <= LONGEST) return undefined;
  return {
    key,
    value,
    rule: "is not the URL of a token issuer",
    fix: 'use the value of iss in the sender\'s tokens, an https URL, e.g. "https://token.actions.githubusercontent.com"',
  };
}

/** Says what is wrong with the subject or the audience of a federated identity. */
export function claimProblem(key: string, value: string): Problem | undefined {
  if (value.trim() === value && value !== "" && value.length <= LONGEST) return undefined;
  return {
    key,
    value,
    rule: "is empty, too long, or begins or ends with a space",
    fix: `use the value in the sender's tokens, 1 to ${LONGEST} characters without spaces around them`,
  };
}

/** Bits of the shortest RSA key that is worth to be trusted. */
const SHORTEST_KEY = 2048;

/**
 * Says what is wrong with a certificate that a sender signs in to Entra with. A private key is never repeated.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials (RS256 and PS256: RSA keys)
 */
export function signInCertificateProblem(key: string, value: string): Problem | undefined {
  const fix = 'use the certificate alone, as PEM, from "-----BEGIN CERTIFICATE-----" on';
  if (/PRIVATE KEY/.test(value)) {
    const rule =
      "contains a private key, which must stay with the sender: treat that key as compromised";
    return { key, value: undefined, rule, fix };
  }
  const excerpt = `${value.slice(0, 40)}${value.length > 40 ? "…" : ""}`;
  if (value.match(/-----BEGIN/g)?.length !== 1) {
    return { key, value: excerpt, rule: "is not exactly one certificate", fix };
  }
  const certificate = readCertificate(value);
  if (certificate === undefined) {
    return { key, value: excerpt, rule: "can't be read as a certificate", fix };
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType === "rsa" && bits >= SHORTEST_KEY) return undefined;
  const has = asymmetricKeyType === "rsa" ? `RSA, ${bits} bits` : asymmetricKeyType;
  return {
    key,
    value: certificate.subject,
    rule: `has a key that Entra does not accept, or that is too weak (${has})`,
    fix: `use a certificate with an RSA key of ${SHORTEST_KEY} bits or more`,
  };
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

const DAY = 24 * 60 * 60 * 1000;
const SOON = 30;

/**
 * Says that what a sender signs in with ends within 30 days, or has ended.
 *
 * @param what it is, e.g. `the secret of sender "crm"`
 * @param end an ISO 8601 time
 * @param fix what to do, as an order
 */
export function endsSoon(
  { what, end, fix }: { what: string; end: string; fix: string },
  now: Date,
): string | undefined {
  const left = Math.floor((Date.parse(end) - now.getTime()) / DAY);
  if (!(left < SOON)) return undefined;
  const day = end.slice(0, 10);
  return left < 0 ? `${what} expired on ${day}; ${fix}` : `${what} expires on ${day}; ${fix}`;
}

/**
 * What the administrator of a sender has to know that signs in with a password.
 *
 * @see https://techcommunity.microsoft.com/blog/exchange/ (MC786329, as of 2026-01-27)
 */
export const passwordWarning = (sender: string): string =>
  `sender "${sender}" signs in with a password (basic authentication). At the end of December 2026 Microsoft disables this by default: administrators of existing tenants can enable it again, new tenants cannot. Microsoft will announce the final date in the second half of 2027. Move this sender to OAuth or a connector before then`;
