import forge from "node-forge";
import { makeRandom } from "../src/random.ts";

/** A certificate and its private key, PEM. */
export interface SignInCertificate {
  readonly certificate: string;
  readonly key: string;
}

const made = new Map<string, SignInCertificate>();

/**
 * The certificate that the lab's customer signs in with. It follows from the seed, as the committed stack file holds
 * it; so does its key, which is good for nothing but the lab's own Entra.
 */
export function signInCertificate(seed: string): SignInCertificate {
  const there = made.get(seed) ?? make(seed);
  made.set(seed, there);
  return there;
}

function make(seed: string): SignInCertificate {
  const random = makeRandom(`${seed}/sign-in certificate`);
  const prng = {
    getBytesSync: (count: number) =>
      String.fromCharCode(...Array.from({ length: count }, () => random.integer(0, 255))),
  };
  const keys = forge.pki.rsa.generateKeyPair({ bits: 2048, prng, algorithm: "PRIMEINC" });
  const certificate = forge.pki.createCertificate();
  const subject = [{ name: "commonName", value: "crm" }];
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = `0${random.hex(15)}`;
  certificate.validity.notBefore = new Date("2026-01-01T00:00:00Z");
  certificate.validity.notAfter = new Date("2046-01-01T00:00:00Z");
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(certificate).replaceAll("\r", ""),
    key: forge.pki.privateKeyToPem(keys.privateKey),
  };
}
