import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

/** A certificate with its private key, both PEM. `chain` begins with the leaf and leaves out the root. */
export interface Certificate {
  names: string[];
  chain: string;
  key: string;
}

/** The lab's public web PKI: a root that everybody trusts and the intermediate that signs. PEM. */
export interface Authority {
  root: string;
  intermediate: string;
  intermediateKey: string;
}

/** What to issue. */
export interface CertificateRequest {
  /** DNS names; the first one becomes the common name. A wildcard is `*.domain`. */
  names: [string, ...string[]];
  /** The lab's web PKI, or the certificate's own key. */
  issuer: "public" | "self-signed";
  /** RSA is for Entra's client assertions, everything else is elliptic. @default "ec" */
  key?: "ec" | "rsa";
  /** @default in ten years */
  notAfter?: Date;
  /** @default TLS servers and clients */
  usages?: readonly ("serverAuth" | "clientAuth" | "codeSigning")[];
}

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};
const DAY_MS = 86_400_000;

/** A day back, for clocks that differ a little, to ten years ahead, for a clock that is advanced. */
function validity(): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 3650 * DAY_MS),
  };
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

async function generateKeys(kind: "ec" | "rsa"): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(kind === "ec" ? EC : RSA, true, ["sign", "verify"]);
}

function authorityExtensions(pathLength: number): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ];
}

/** Makes the web PKI of one lab. */
export async function makeAuthority(): Promise<Authority> {
  const [rootKeys, intermediateKeys] = await Promise.all([generateKeys("ec"), generateKeys("ec")]);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Lab Root CA",
    keys: rootKeys,
    signingAlgorithm: EC,
    extensions: authorityExtensions(1),
    ...validity(),
  });
  const intermediate = await x509.X509CertificateGenerator.create({
    subject: "CN=Lab Issuing CA",
    issuer: root.subject,
    publicKey: intermediateKeys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: EC,
    extensions: authorityExtensions(0),
    ...validity(),
  });
  return {
    root: root.toString("pem"),
    intermediate: intermediate.toString("pem"),
    intermediateKey: await privateKeyPem(intermediateKeys.privateKey),
  };
}

function leafExtensions({
  names,
  usages = ["serverAuth", "clientAuth"],
}: CertificateRequest): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.ExtendedKeyUsageExtension(usages.map((usage) => x509.ExtendedKeyUsage[usage])),
    new x509.SubjectAlternativeNameExtension(
      names.map((value) => ({ type: value === "127.0.0.1" ? "ip" : "dns", value })),
    ),
  ];
}

/** Issues a certificate for servers and clients alike. */
export async function issueCertificate(
  authority: Authority,
  request: CertificateRequest,
): Promise<Certificate> {
  const kind = request.key ?? "ec";
  const keys = await generateKeys(kind);
  const own = request.issuer === "self-signed";
  const subject = `CN=${request.names[0]}`;
  const leaf = await x509.X509CertificateGenerator.create({
    subject,
    issuer: own ? subject : new x509.X509Certificate(authority.intermediate).subject,
    publicKey: keys.publicKey,
    signingKey: own ? keys.privateKey : await importSigningKey(authority.intermediateKey),
    signingAlgorithm: own && kind === "rsa" ? RSA : EC,
    extensions: leafExtensions(request),
    ...validity(),
    ...(request.notAfter && { notAfter: request.notAfter }),
  });
  const pem = leaf.toString("pem");
  return {
    names: request.names,
    chain: own ? `${pem}\n` : `${pem}\n${authority.intermediate}\n`,
    key: await privateKeyPem(keys.privateKey),
  };
}

async function importSigningKey(pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = x509.PemConverter.decodeFirst(pem);
  return webcrypto.subtle.importKey("pkcs8", bytes, EC, false, ["sign"]);
}

/** A file that clients trust, and how to take it away again. */
export interface CaFile {
  path: string;
  remove(): void;
}

/** Writes the root (PEM) where clients find it: beside the world, or in a folder that close takes away. */
export function placeCaFile(root: string, folder: string | undefined): CaFile {
  const place = folder ?? mkdtempSync(join(tmpdir(), "m365-lab-"));
  mkdirSync(place, { recursive: true });
  const path = join(place, "ca.pem");
  writeFileSync(path, `${root}\n`);
  return {
    path,
    remove: (): void => {
      if (folder === undefined) rmSync(place, { recursive: true });
    },
  };
}
