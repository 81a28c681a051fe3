import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";

/** A certificate with an RSA key of 2048 bits, valid from 2026 for a hundred years. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDGTCCAgGgAwIBAgIUVsFq3OBbt/ScvYVmryGHrpLFYuUwDQYJKoZIhvcNAQEL
BQAwGzEZMBcGA1UEAwwQc2hvcC5jb250b3NvLmNvbTAgFw0yNjExMjkxOTEzMjZa
GA8yMTI2MTEwNTE5MTMyNlowGzEZMBcGA1UEAwwQc2hvcC5jb250b3NvLmNvbTCC
ASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAJoQFbJAQ2BJ9qnehEIZmMgI
Nad+fO3Jll9NG1dLLFvkwvl1ojzzdpOWx3YsD8WHhSujKFyw876ZKoWwkBGKF9NR
vcGGtCIxyH9+nPdgxl+LZ+iOFX0mDgS2Jt5wxayjxrjQWPJ/kOilBxscSc5/gVkO
Y3nlStv0IO95Diot+2Rb2CmeY/w6Y82FFUFtUSm1q34Cx4q2EnNcGE+ta5bXGSUs
Al6P55mbsIblajQfrbN7EzQu/KMUDxZ1RgZ6FgeUTxf24CQmWBWGqLnrHG3eNCl+
xlD2euPUISphsE/CPvXZMEmoNS7g9U3iyA/VudvaA97Im865UTodd7dyaUxTsasC
AwEAAaNTMFEwHQYDVR0OBBYEFJQeSy9XCoIQ1KIjhN5wnJJNVr2fMB8GA1UdIwQY
MBaAFJQeSy9XCoIQ1KIjhN5wnJJNVr2fMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZI
hvcNAQELBQADggEBAJMxyQXrea0plmNF0WeG6U6O2ztSKxWzI9OwSwMdyo7XL58O
V8Gmu7iF4FTQGCziotDqKBzG4wIOsyXNv6IIh4PS49U8RiCI+51oYRCgtri/6cOd
P1VmiPdOSWmuQ27gGeHXhQJyOHuP1J0eGp3Wh2VZlqz7Wh+ONV1fmzVkRKnKymM2
9gAbX3Hoe072FbUinGu1w0fY1C2C7XLZof5XQGx/cxfOi4TQY96HN0VWGrzX4nrA
Us3tbAORyhjArPLNeDIi36bfQv2gOqht5QU8kGy7SIHqrHXZlLi7KnzSLElBboOf
d/wjjyJmsJuAVK13Sm96wPpc/iyM8rRAayNUGOU=
-----END CERTIFICATE-----
`;

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
