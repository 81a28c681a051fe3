import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import type { Config } from "../../../config/read.ts";
import { judgeChain } from "../../../mail/doctor/network/certificate.ts";
import { naming } from "../../../mail/naming.ts";
import { chooseMethod } from "../../../mail/senders/method.ts";
import { type Check, lookAtEach } from "../check.ts";
import type { CheckContext } from "../context.ts";

/**
 * The certificates that senders present. They are on the senders' machines, so they are looked at where somebody names their
 * files, and left alone otherwise: an exit code that can't become 0 would be read by nobody.
 */
export const certificate: Check = {
  name: "certificate",
  title: "certificates that senders present",
  async look(context) {
    const { certificateFiles } = context;
    const senders = sendersWithCertificate(context);
    const given = senders.filter(({ name }) => certificateFiles.has(name));
    const roots = given.length === 0 ? [] : publicRoots();
    const findings = await lookAtEach(
      given,
      ({ name }) => `certificate of sender ${name}`,
      async ({ name, certificateName }) => {
        const file = certificateFiles.get(name) ?? "";
        const certificates = certificatesIn(await readFile(file, "latin1"));
        return judgeChain({ sender: name, certificateName, file, certificates }, roots, new Date());
      },
    );
    const left = senders.filter((sender) => !given.includes(sender));
    const options = left.map(({ name }) => `--certificate ${name}=FILE`).join(" ");
    return {
      findings,
      ...(senders.length === 0 && { notLookedAt: "no sender presents one" }),
      ...(left.length > 0 && {
        notLookedAt: `the certificates are on the senders' machines: give ${options}, with the chain that the sender sends, in PEM`,
      }),
    };
  },
};

/** The senders that their connector recognises by a certificate; before the first `up` those that the stack file means. */
function sendersWithCertificate({ config, senders }: Pick<CheckContext, "config" | "senders">) {
  return config.senders.flatMap((sender) => {
    const { name, certificateName } = sender;
    const { method, by } = chooseMethod(sender);
    const isMeant = method === "connector" && by === "certificate" && !senders.has(name);
    const known = senders.get(name)?.certificateName ?? (isMeant ? certificateName : undefined);
    return known === undefined ? [] : [{ name, certificateName: known }];
  });
}

/** Mozilla's, as Node has them, and those of NODE_EXTRA_CA_CERTS. */
const publicRoots = (): X509Certificate[] =>
  getCACertificates("default").map((pem) => new X509Certificate(pem));

/** The certificates of a file, in order. What else is there, such as a private key, is passed over. */
export function certificatesIn(text: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((pem) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      return [];
    }
  });
}

/**
 * Reads `--certificate SENDER=FILE`.
 *
 * @throws Error for another form, and for a sender that presents no certificate
 */
export function certificateFilesOf(
  values: readonly string[],
  config: Pick<Config, "senders">,
): Map<string, string> {
  const known = config.senders
    .filter(({ certificateName }) => certificateName !== undefined)
    .map(({ name }) => name);
  return new Map(
    values.map((value) => {
      const [, name = "", file = ""] = /^([^=]+)=(.+)$/.exec(value) ?? [];
      if (known.includes(name)) return [name, file];
      const fix =
        known.length === 0
          ? "no sender of the stack file has a certificateName"
          : `write SENDER=FILE with ${naming("sender", known)}`;
      throw new Error(`--certificate: "${value}" names no sender with a certificate; ${fix}`);
    }),
  );
}
