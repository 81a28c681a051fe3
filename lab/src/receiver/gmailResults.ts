// How Gmail writes what it found out about a message.
import type { AuthenticateResult } from "mailauth";

/** Whom the results are about. */
interface About {
  /** Envelope sender, or the name in EHLO for the null sender. */
  mailFrom: string;
  /** Public address of the client. */
  client: string;
  /** The domain of From. */
  domain: string;
}

/** The results of Authentication-Results behind the authserv-id, one a line. */
export function formatResults(
  { dkim, arc, spf, dmarc }: AuthenticateResult,
  { mailFrom, client, domain }: About,
): string {
  const signatures = dkim.results.filter(({ signingDomain }) => signingDomain);
  const parts = [
    ...signatures.map(
      ({ status, signingDomain, selector, signature = "" }) =>
        `dkim=${status.result} header.i=@${signingDomain} header.s=${selector} header.b=${signature.replaceAll(/\s/g, "").slice(0, 8)}`,
    ),
    ...(arc && arc.status.result !== "none" ? [`arc=${arc.status.result} (i=${arc.i})`] : []),
    `spf=${spf ? spf.status.result : "none"} (google.com: ${spfReason(spf ? spf.status.result : "none", mailFrom, client)}) smtp.mailfrom=${mailFrom}`,
    ...(dmarc && dmarc.status.result !== "none" ? [formatDmarc(dmarc, domain)] : []),
  ];
  return parts.join(";\n       ");
}

function formatDmarc(
  { status, policy, p = "none", sp = p }: Exclude<AuthenticateResult["dmarc"], false>,
  domain: string,
): string {
  const done = status.result === "fail" ? policy : "none";
  const told = `p=${p} sp=${sp} dis=${done}`.replaceAll(/=\w+/g, (value) => value.toUpperCase());
  return `dmarc=${status.result} (${told}) header.from=${domain}`;
}

/** The value of Received-SPF. */
export function formatSpf(result: string, mailFrom: string, client: string): string {
  return `${result} (google.com: ${spfReason(result, mailFrom, client)}) client-ip=${client};`;
}

function spfReason(result: string, mailFrom: string, client: string): string {
  const reasons: Record<string, string> = {
    pass: `domain of ${mailFrom} designates ${client} as permitted sender`,
    fail: `domain of ${mailFrom} does not designate ${client} as permitted sender`,
    softfail: `domain of transitioning ${mailFrom} does not designate ${client} as permitted sender`,
    neutral: `${client} is neither permitted nor denied by domain of ${mailFrom}`,
    none: `${mailFrom} does not designate permitted sender hosts`,
    permerror: `permanent error in processing during lookup of ${mailFrom}`,
  };
  return reasons[result] ?? `error in processing during lookup of ${mailFrom}: DNS error`;
}
