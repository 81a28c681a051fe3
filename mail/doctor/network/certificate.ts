import type { X509Certificate } from "node:crypto";
import { DAY } from "../../days.ts";
import { covers } from "../../senders/connectorMatch.ts";
import type { Finding } from "../finding.ts";

/** What a sender presents, and what its connector knows it by. */
export interface PresentedChain {
  readonly sender: string;
  readonly certificateName: string;
  /** Where it was read from. */
  readonly file: string;
  /** In the order of the file: the sender's own first. */
  readonly certificates: readonly X509Certificate[];
}

/** Fewer days than others (TOLD_DAYS): public CAs issue such certificates for 90 days, and they are renewed 30 days before the end. */
const SOON = 30;
/** Bits of the shortest RSA key that public CAs certify (CA/Browser Forum, Baseline Requirements, section 6.1.5). */
const SHORTEST_KEY = 2048;

const REFUSED = "Exchange does not recognise the sender and refuses its mail with 550 5.7.64";
const RENEW = "renew the certificate, and reload the mail server";

/** Usages of RFC 5280 section 4.2.1.12. */
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const ANY_USAGE = "2.5.29.37.0";

/**
 * Judges the certificate that a sender presents to Exchange, with what it sends along. Whether it was revoked is not asked.
 *
 * @param roots of public CAs
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/set-up-connectors-to-route-mail
 */
export function judgeChain(
  presented: PresentedChain,
  roots: readonly X509Certificate[],
  now: Date,
): Finding[] {
  const { sender, certificateName, file, certificates } = presented;
  const [leaf] = certificates;
  const resource = `certificate of sender ${sender}`;
  if (leaf === undefined) {
    return [
      {
        severity: "unknown",
        what: `${file} contains no certificate in PEM`,
        why: `nothing is known of what ${sender} presents`,
        fix: `write the sender's own certificate and then each intermediate one into it, in PEM; openssl x509 -inform der -in ${file} converts one in DER`,
        resource,
      },
    ];
  }
  const path = pathOf(certificates, roots);
  const wrong = [
    wrongName(leaf, certificateName),
    wrongPath(path),
    ...path.found.map((one) => wrongTime(one, now)),
    wrongKey(leaf),
    wrongUsage(leaf),
  ].filter((one) => one !== undefined);
  if (wrong.length > 0) return wrong.map((one) => ({ ...one, resource }));
  const root = path.root === undefined ? "" : nameOf(path.root);
  return [
    {
      severity: "ok",
      what: `${sender} presents a certificate for ${certificateName} under the root ${root}, valid until ${dayOf(leaf.validTo)}`,
    },
  ];
}

type Wrong = Omit<Exclude<Finding, { severity: "ok" }>, "resource">;

/** A certificate, those that issued it as far as they are in the file, and the root that they lead to. */
interface Path {
  readonly found: readonly X509Certificate[];
  readonly root: X509Certificate | undefined;
}

function pathOf(certificates: readonly X509Certificate[], roots: readonly X509Certificate[]): Path {
  const found: X509Certificate[] = [];
  let current = certificates[0];
  while (current !== undefined && !found.includes(current)) {
    const last: X509Certificate = current;
    found.push(last);
    const root = roots.find((one) => isSame(one, last)) ?? roots.find((one) => issued(one, last));
    if (root !== undefined) return { found, root };
    current = certificates.find((one) => one !== last && issued(one, last));
  }
  return { found, root: undefined };
}

const isSame = (one: X509Certificate, other: X509Certificate): boolean =>
  one.fingerprint256 === other.fingerprint256;

const issued = (issuer: X509Certificate, subject: X509Certificate): boolean =>
  subject.checkIssued(issuer) && subject.verify(issuer.publicKey);

function wrongName(leaf: X509Certificate, certificateName: string): Wrong | undefined {
  const names = namesOf(leaf);
  const wanted = certificateName.toLowerCase();
  if (names.some((name) => name === wanted || covers(wanted, name))) return undefined;
  return {
    severity: "error",
    what: `the certificate is for ${names.join(", ") || "no name"}, not for ${certificateName}`,
    why: REFUSED,
    fix: `use a certificate for ${certificateName}, first in the file, or set the sender's certificateName to one of its names`,
  };
}

/** Exchange wants the whole chain, and a public CA at its end. */
function wrongPath({ found, root }: Path): Wrong | undefined {
  if (root !== undefined) return undefined;
  const last = found.at(-1);
  if (last === undefined) return undefined;
  if (issued(last, last)) {
    const what =
      found.length === 1
        ? "the certificate is self-signed"
        : `the chain ends at ${nameOf(last)}, which is not a public CA that Mozilla trusts`;
    const fix = "use a certificate of a public CA";
    return { severity: "error", what, why: REFUSED, fix };
  }
  const issuer = commonNameIn(last.issuer) ?? last.issuer;
  const [, url] = /CA Issuers - URI:(\S+)/.exec(last.infoAccess ?? "") ?? [];
  const where = url === undefined ? "" : ` (${url})`;
  return {
    severity: "error",
    what: `the chain is not complete: the certificate of ${issuer}, which issued ${nameOf(last)}, is not in the file, and is not a public CA that Mozilla trusts`,
    why: REFUSED,
    fix: `append the intermediate certificate${where} to the file, so that the mail server sends it too; if the CA is your own, use a certificate of a public CA`,
  };
}

function wrongTime(certificate: X509Certificate, now: Date): Wrong | undefined {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const name = nameOf(certificate);
  if (from > now.getTime()) {
    const what = `the certificate of ${name} is not valid before ${dayOf(certificate.validFrom)}`;
    return {
      severity: "error",
      what,
      why: REFUSED,
      fix: "correct this machine's clock, or use a certificate that is valid now",
    };
  }
  if (to <= now.getTime()) {
    const what = `the certificate of ${name} expired on ${dayOf(certificate.validTo)}`;
    return { severity: "error", what, why: REFUSED, fix: RENEW };
  }
  if (to - now.getTime() >= SOON * DAY) return undefined;
  return {
    severity: "warning",
    what: `the certificate of ${name} expires on ${dayOf(certificate.validTo)}`,
    why: `from then on ${REFUSED}`,
    fix: `${RENEW} (docs/runbooks/expired-certificate.md)`,
  };
}

function wrongKey(leaf: X509Certificate): Wrong | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength ?? SHORTEST_KEY;
  if (asymmetricKeyType !== "rsa" || bits >= SHORTEST_KEY) return undefined;
  return {
    severity: "error",
    what: `the certificate has an RSA key of ${bits} bits, fewer than ${SHORTEST_KEY}`,
    why: "mail servers refuse such a short key, so that Exchange does not recognise the sender",
    fix: `make a key of ${SHORTEST_KEY} bits or more, and get a new certificate for it`,
  };
}

/**
 * No page says whether Exchange wants the extended key usage clientAuth. Windows and .NET present no certificate without it, and public CAs
 * stop to issue it.
 *
 * @see https://letsencrypt.org/2025/05/14/ending-tls-client-authentication
 */
function wrongUsage({ keyUsage }: X509Certificate): Wrong | undefined {
  // In Node, keyUsage is the extended one. Without it, a certificate is for every use.
  if (keyUsage === undefined || keyUsage.includes(CLIENT_AUTH) || keyUsage.includes(ANY_USAGE)) {
    return undefined;
  }
  if (!keyUsage.includes(SERVER_AUTH)) {
    const what = `the certificate is for other uses than TLS (${keyUsage.join(", ")})`;
    return { severity: "error", what, why: REFUSED, fix: "use a certificate for TLS servers" };
  }
  return {
    severity: "warning",
    what: "the certificate is for TLS servers only (extended key usage without clientAuth)",
    why: "Windows and .NET do not present it as a client, so Exchange does not see it; Microsoft does not say whether Exchange itself accepts it",
    fix: "send with Postfix, Exim or another server that uses OpenSSL, and check it with npm run verify -- --stack NAME --to ADDRESS; or use a certificate with clientAuth",
  };
}

/** The DNS names and the common name of a certificate, which Exchange compares with that of the connector. */
const namesOf = ({ subject, subjectAltName = "" }: X509Certificate): string[] => {
  const alternative = [...subjectAltName.matchAll(/DNS:([^,\s]+)/g)].map(([, name = ""]) => name);
  const common = commonNameIn(subject);
  const all = [...alternative, ...(common === undefined ? [] : [common])];
  return [...new Set(all.map((name) => name.toLowerCase()))];
};

const nameOf = ({ subject }: X509Certificate): string => commonNameIn(subject) ?? subject;

const commonNameIn = (subject: string): string | undefined => /^CN=(.+)$/m.exec(subject)?.[1];

const dayOf = (time: string): string => new Date(time).toISOString().slice(0, 10);
