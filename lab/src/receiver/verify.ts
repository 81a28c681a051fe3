import { Resolver } from "node:dns/promises";
import { loadMailauth } from "../mailauth.ts";

/** A message and how it came to the outside server. */
export interface Handed {
  /** One char a byte (latin1). */
  raw: string;
  /** Envelope sender; empty for the null sender. */
  sender: string;
  /** Public address. */
  clientAddress: string;
  helo: string;
}

/** What the outside server found out, and what it does about it. */
export interface Verdict {
  /** Authentication-Results (RFC 8601) and Received-SPF, with their line ends. */
  fields: string;
  /** What the author's domain asks for where DMARC fails, else none (RFC 9989 section 4.7). */
  policy: "none" | "quarantine" | "reject";
  /** The domain of From. */
  authorDomain: string;
}

/**
 * Checks SPF, DKIM and DMARC with mailauth, by the letter of the RFCs. It asks the lab's DNS server over the wire,
 * with nothing remembered of earlier messages.
 *
 * @param authservId name in Authentication-Results
 */
export async function verify(
  { raw, sender, clientAddress, helo }: Handed,
  authservId: string,
  dnsPort: number,
): Promise<Verdict> {
  const { authenticate } = await loadMailauth();
  const dns = new Resolver({ timeout: 500, tries: 2 });
  dns.setServers([`127.0.0.1:${dnsPort}`]);
  const { headers, dmarc } = await authenticate(Buffer.from(raw, "latin1"), {
    ip: clientAddress,
    helo,
    sender,
    mta: authservId,
    resolver: async (name, type) => (await dns.resolve(name, type)) as string[],
    strict: true,
    disableArc: true,
    disableBimi: true,
  });
  const failed = dmarc && dmarc.status.result === "fail";
  return {
    fields: headers,
    policy: failed ? policyOf(dmarc.policy) : "none",
    authorDomain: dmarc ? String(dmarc.status.header?.from ?? "") : "",
  };
}

function policyOf(policy: string): Verdict["policy"] {
  return policy === "reject" || policy === "quarantine" ? policy : "none";
}
