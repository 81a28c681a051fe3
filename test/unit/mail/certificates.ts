import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";

/** A self-signed certificate with a fresh key, PEM; valid for a year from now on, if `notAfter` does not say otherwise. */
export async function certificateOf(
  kind: "rsa" | "ec",
  modulusLength = 2048,
  validity: { readonly notAfter?: Date } = {},
): Promise<string> {
  const algorithm =
    kind === "ec"
      ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
      : {
          name: "RSASSA-PKCS1-v1_5",
          hash: "SHA-256",
          modulusLength,
          publicExponent: new Uint8Array([1, 0, 1]),
        };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: "CN=shop.contoso.com", ...validity },
    keys,
    signingAlgorithm: algorithm,
  });
  return `${certificate.toString("pem")}\n`;
}
