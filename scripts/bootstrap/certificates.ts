import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { AppName } from "../../mail/rights/rights.ts";
import type { CertificateToAdd } from "./credentialSteps.ts";

/**
 * Reads the certificates of `--certificate APP=FILE`.
 *
 * @param values of that form
 * @throws Error, one sentence, for a file that can't be read, and one that holds a private key
 */
export const readCertificates = (values: readonly string[]): Promise<CertificateToAdd[]> =>
  Promise.all(values.map(readOne));

async function readOne(value: string): Promise<CertificateToAdd> {
  const [app, path] = [value.slice(0, value.indexOf("=")), value.slice(value.indexOf("=") + 1)];
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`--certificate: "${path}" can't be read (${cause.code}); name a file`, {
      cause,
    });
  });
  if (bytes.includes("PRIVATE KEY-----")) {
    throw new Error(
      `--certificate: "${path}" holds a private key, which must not leave its place; name a file with the certificate alone`,
    );
  }
  try {
    const { raw, subject } = new X509Certificate(bytes);
    return {
      app: app as AppName,
      key: raw.toString("base64"),
      thumbprint: createHash("sha1").update(raw).digest("hex").toUpperCase(),
      subject: subject.replaceAll("\n", ", "),
    };
  } catch (cause) {
    throw new Error(`--certificate: "${path}" holds no certificate; name one in PEM or DER form`, {
      cause,
    });
  }
}
