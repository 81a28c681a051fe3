import { X509Certificate } from "node:crypto";
import type { Problem } from "../problem.ts";
import { credentialNamesProblems } from "./credentialNames.ts";
import { repeated } from "./repeated.ts";
import type { SignInCertificate } from "./sender.ts";

/** Bits of the shortest RSA key that is worth to be trusted. */
const SHORTEST_KEY = 2048;

const CERTIFICATE_FIX =
  'use the certificate alone, as PEM, from "-----BEGIN CERTIFICATE-----" on: signInCertificate: |, and the lines below it, indented';

/**
 * Says what is wrong with a certificate that a sender signs in to Entra with. The value is never repeated, as it may
 * hold the private key.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials (RS256 and PS256: RSA keys)
 */
export function signInCertificateProblem(
  key: string,
  value: string,
  now = new Date(),
): Problem | undefined {
  const problem = (rule: string, fix = CERTIFICATE_FIX): Problem => ({
    key,
    value: undefined,
    rule,
    fix,
  });
  const other = otherThanPem(value.trim());
  if (other !== undefined) return problem(other);
  if (value.match(/-----BEGIN/g)?.length !== 1) return problem("is not exactly one certificate");
  const certificate = readCertificate(value);
  if (certificate === undefined) return problem("can't be read as a certificate");
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType === "rsa" && bits >= SHORTEST_KEY) {
    const untimely = outsideValidity(certificate, now);
    return untimely && problem(untimely.rule, untimely.fix);
  }
  const has = asymmetricKeyType === "rsa" ? `RSA, ${bits} bits` : asymmetricKeyType;
  return problem(
    `has a key that Entra does not accept, or that is too weak (${has})`,
    `use a certificate with an RSA key of ${SHORTEST_KEY} bits or more`,
  );
}

/** Milliseconds that clocks may differ. */
const CLOCK_SKEW = 5 * 60 * 1000;

/** Rule and fix of a certificate that is not valid yet, or not any more. */
function outsideValidity(
  { validFrom, validTo }: X509Certificate,
  now: Date,
): Pick<Problem, "rule" | "fix"> | undefined {
  const [from, to] = [new Date(validFrom), new Date(validTo)];
  const day = (time: Date): string => time.toISOString().slice(0, 10);
  if (from.getTime() > now.getTime() + CLOCK_SKEW) {
    return {
      rule: `is not valid before ${day(from)}, so that Entra refuses what is signed with it`,
      fix: "use a certificate that is valid now",
    };
  }
  if (to > now) return undefined;
  return {
    rule: `expired on ${day(to)}, so that Entra refuses what is signed with it`,
    fix: "issue a new certificate, and use that; where another one is listed, remove this one",
  };
}

const COMPROMISED = "which must stay with the sender: treat that key as compromised";

/** Private keys in text: PEM, a JSON Web Key (RFC 7517), .NET's XML, PuTTY's file. */
const PRIVATE_KEY = /PRIVATE KEY|"d"\s*:\s*"|<D>|^PuTTY-User-Key-File/i;

/** What people give in place of a certificate in PEM, as a clause; undefined of what may be PEM. */
function otherThanPem(text: string): string | undefined {
  if (PRIVATE_KEY.test(text)) return `contains a private key, ${COMPROMISED}`;
  const [, label] = /-----BEGIN ([^-]*)-----/.exec(text) ?? [];
  if (label !== undefined) {
    if (label !== "CERTIFICATE") return `is of the type ${label}, not a certificate`;
    return /[\r\n]/.test(text) ? undefined : "is on one line, and PEM needs its line breaks";
  }
  const bare = text.replace(/[\s:-]/g, "");
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(bare)) {
    return "is the thumbprint of a certificate, not the certificate";
  }
  if (/^(?:[~.]{0,2}[/\\]|[a-z]:[/\\])|\.(?:pem|cer|crt|der|pfx|p12|key)$/i.test(text)) {
    return "is the path of a file, not its content";
  }
  return /^[\w+/-]+=*$/.test(bare) ? inDer(Buffer.from(bare, "base64")) : undefined;
}

/**
 * What base64 without the lines around it holds. A PFX begins with the version 3, private keys with the version 0 or 1.
 *
 * @see RFC 7292 section 4 (PFX), RFC 5958 section 3 (encrypted private keys), RFC 5208 section 5 and RFC 5915 section 3
 *   (private keys), RFC 2315 section 7 (PKCS #7), RFC 5280 section 4.1
 */
function inDer(der: Buffer): string | undefined {
  const text = der.toString("latin1");
  if (PRIVATE_KEY.test(text)) return `contains a private key, ${COMPROMISED}`;
  if (text.includes("-----BEGIN ")) return "is base64 of PEM, not PEM itself";
  const [first, second] = elementsIn(der);
  if (first === undefined) return undefined;
  if (first.tag === 0x06) return "is a PKCS #7 file (.p7b), not a certificate";
  // EncryptedPrivateKeyInfo: how it is encrypted, and an OCTET STRING.
  const isEncrypted = first.tag === 0x30 && second?.tag === 0x04;
  if (isEncrypted) return `is a private key, ${COMPROMISED}`;
  if (first.tag === 0x02 && first.value.length === 1) {
    return first.value[0] === 3
      ? `is a PFX (PKCS #12), which contains the private key, ${COMPROMISED}`
      : `is a private key, ${COMPROMISED}`;
  }
  return readCertificate(der) === undefined
    ? "is base64, but not of a certificate"
    : 'is base64 without the line "-----BEGIN CERTIFICATE-----"';
}

/** The first two elements of a SEQUENCE; none of anything else. */
function elementsIn(der: Buffer): { readonly tag: number; readonly value: Buffer }[] {
  const outer = elementAt(der, 0);
  if (outer?.tag !== 0x30) return [];
  const first = elementAt(outer.value, 0);
  if (first === undefined) return [];
  const second = elementAt(outer.value, first.end);
  return second === undefined ? [first] : [first, second];
}

function elementAt(der: Buffer, start: number) {
  const [tag, short] = der.subarray(start);
  if (tag === undefined || short === undefined) return undefined;
  const count = short > 0x80 && short <= 0x84 ? short - 0x80 : 0;
  if (der.length < start + 2 + count) return undefined;
  const length = count === 0 ? short : der.readUIntBE(start + 2, count);
  const from = start + 2 + count;
  return { tag, value: der.subarray(from, from + length), end: from + length };
}

function readCertificate(pem: string | Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Certificates that are valid at the same time: the one in use, and the one that takes its place. */
const MOST = 2;

/**
 * Says what is wrong with a sender's certificates together.
 *
 * @param key where they stand, e.g. `senders[0].signInCertificate`
 */
export function certificatesProblems(
  key: string,
  certificates: readonly SignInCertificate[],
): Problem[] {
  const tooMany: Problem = {
    key,
    value: undefined,
    rule: `lists ${certificates.length} certificates, and two can be valid at most`,
    fix: "list the one in use and the one that takes its place",
  };
  if (certificates.length > MOST) return [tooMany];
  return [
    ...repeated(
      certificates.map(({ certificate }) => readCertificate(certificate)?.fingerprint256),
    ).map((index) => ({
      key: `${key}[${index}]`,
      value: undefined,
      rule: "is the certificate before it once more",
      fix: "remove it",
    })),
    ...credentialNamesProblems(key, certificates),
  ];
}

/** The thumbprint of a certificate (PEM) as Entra shows it: SHA-1, without colons. */
export const thumbprintOf = (certificate: string): string | undefined =>
  readCertificate(certificate)?.fingerprint.replaceAll(":", "");
