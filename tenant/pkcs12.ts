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
  const p12 = open(bytes, password);
  const bag = (type: string) => p12.getBags({ bagType: type })[type]?.[0];
  const { pkcs8ShroudedKeyBag, keyBag, certBag } = forge.pki.oids as Record<string, string>;
  const key = bag(pkcs8ShroudedKeyBag ?? "")?.key ?? bag(keyBag ?? "")?.key;
  const certificate = bag(certBag ?? "")?.cert;
  if (key == null || certificate == null) {
    throw new Error("the PKCS#12 client certificate holds no certificate with an RSA key");
  }
  return forge.pki.privateKeyToPem(key) + forge.pki.certificateToPem(certificate);
}

function open(bytes: Buffer, password: string): forge.pkcs12.Pkcs12Pfx {
  try {
    return forge.pkcs12.pkcs12FromAsn1(
      forge.asn1.fromDer(forge.util.createBuffer(bytes.toString("binary"))),
      password,
    );
  } catch (cause) {
    throw new Error(
      "the client certificate is no PKCS#12 file, or ARM_CLIENT_CERTIFICATE_PASSWORD is wrong",
      { cause },
    );
  }
}
