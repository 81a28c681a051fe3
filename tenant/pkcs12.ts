import { createPrivateKey, X509Certificate } from "node:crypto";
import forge from "node-forge";

/**
 * A PKCS#12 file (.pfx), the azuread provider's form of a client certificate, as the PEM that @azure/identity takes.
 *
 * @param bytes the file
 * @param password its password, empty for none
 * @throws Error when the password is wrong, or the file holds no certificate with its key
 * @see RFC 7292
 */
export function pemOf(bytes: Buffer, password: string): string {
  const p12 = openPkcs12(bytes, password);
  const { pkcs8ShroudedKeyBag = "", keyBag = "", certBag = "" } = forge.pki.oids;
  const bags = (type: string) => p12.getBags({ bagType: type })[type] ?? [];
  const [key] = [...bags(pkcs8ShroudedKeyBag), ...bags(keyBag)].map((bag) => bag.key);
  if (key == null) throw new Error("holds no RSA key");
  const pem = forge.pki.privateKeyToPem(key);
  const certificates = bags(certBag).flatMap(({ cert }) =>
    cert ? [forge.pki.certificateToPem(cert)] : [],
  );
  return keyAndCertificate(pem + certificates.join(""));
}

/**
 * The RSA key and the one certificate that belongs to it, out of a PEM text that may hold a whole chain in any order.
 *
 * @throws Error, as a clause, when either is missing
 */
export function keyAndCertificate(pem: string): string {
  const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/.exec(
    pem,
  )?.[0];
  if (key === undefined) throw new Error("holds no private key");
  const privateKey = orRefuse(() => createPrivateKey(key), "a key that can't be read (encrypted?)");
  if (privateKey.asymmetricKeyType !== "rsa") throw new Error("holds a key that is not RSA");
  const certificates =
    pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const own = certificates.find((one) =>
    orRefuse(() => new X509Certificate(one), "a certificate that can't be read").checkPrivateKey(
      privateKey,
    ),
  );
  if (own === undefined) throw new Error("holds no certificate that belongs to its key");
  return `${key}\n${own}\n`;
}

function orRefuse<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch {
    throw new Error(`holds ${what}`);
  }
}

function openPkcs12(bytes: Buffer, password: string): forge.pkcs12.Pkcs12Pfx {
  try {
    return forge.pkcs12.pkcs12FromAsn1(
      forge.asn1.fromDer(forge.util.createBuffer(bytes.toString("binary"))),
      password,
    );
  } catch (cause) {
    throw new Error(
      "is neither PEM nor PKCS#12, or ARM_CLIENT_CERTIFICATE_PASSWORD is not its password",
      { cause },
    );
  }
}
