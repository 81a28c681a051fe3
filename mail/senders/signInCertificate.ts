import { X509Certificate } from "node:crypto";
import type { Problem } from "../problem.ts";

/** Bits of the shortest RSA key that is worth to be trusted. */
const SHORTEST_KEY = 2048;

/**
 * Says what is wrong with a certificate that a sender signs in to Entra with. A private key is never repeated.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials (RS256 and PS256: RSA keys)
 */
export function signInCertificateProblem(key: string, value: string): Problem | undefined {
  const fix = 'write the certificate alone, PEM, from "-----BEGIN CERTIFICATE-----" on';
  if (/PRIVATE KEY/.test(value)) {
    const rule = "holds a private key, which has to stay with the sender; take it for known now";
    return { key, value: undefined, rule, fix };
  }
  const shown = `${value.slice(0, 40)}${value.length > 40 ? "…" : ""}`;
  if (value.match(/-----BEGIN/g)?.length !== 1) {
    return { key, value: shown, rule: "is not one certificate", fix };
  }
  const certificate = readCertificate(value);
  if (certificate === undefined) {
    return { key, value: shown, rule: "can't be read as a certificate", fix };
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType === "rsa" && bits >= SHORTEST_KEY) return undefined;
  const has = asymmetricKeyType === "rsa" ? `one of ${bits} bits` : asymmetricKeyType;
  return {
    key,
    value: certificate.subject,
    rule: `has a key that Entra does not take, or should not (${has})`,
    fix: `make one with an RSA key of ${SHORTEST_KEY} bits or more`,
  };
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
