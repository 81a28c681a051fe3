import type { Judgement } from "./judge.ts";

/** Exchange's results without an authserv-id, which RFC 8601 asks for. */
export function formatResults(
  { spf, dkim, dmarc }: Judgement,
  ip: string,
  mailFrom: string,
  from: string,
): string {
  const signature = dkim
    ? `dkim=${dkim.result} (${describeSignature(dkim)}) header.d=${dkim.domain}`
    : "dkim=none (message not signed) header.d=none";
  return `spf=${spf} (sender IP is ${ip})\r\n smtp.mailfrom=${mailFrom}; ${signature};dmarc=${dmarc.result}\r\n action=${actionOf(dmarc)} header.from=${from};`;
}

function describeSignature({ result, comment }: { result: string; comment: string }): string {
  if (result === "pass") return "signature was verified";
  return comment === "" ? "signature did not verify" : comment;
}

/** What Exchange does with a message that fails DMARC: `oreject` overrides the sender's p=reject. */
export function actionOf({ result, policy }: Judgement["dmarc"]): string {
  if (result !== "fail") return "none";
  return policy === "reject" ? "oreject" : policy;
}

/** Composite authentication ("Anti-spam message headers in Microsoft 365", Learn). */
export function compositeOf({ dmarc }: Judgement): string {
  if (dmarc.result === "pass") return "compauth=pass reason=100";
  if (dmarc.result === "bestguesspass") return "compauth=pass reason=109";
  return `compauth=fail reason=${actionOf(dmarc) === "none" ? "001" : "000"}`;
}

/** The value of Received-SPF (RFC 7208 section 9.1) in Exchange's words. */
export function formatSpf(
  result: string,
  { clientAddress: ip, helo }: { clientAddress: string; helo: string },
  domain: string,
): string {
  const said: Record<string, [string, string]> = {
    pass: ["Pass", `domain of ${domain} designates\r\n ${ip} as permitted sender`],
    fail: ["Fail", `domain of ${domain} does not designate\r\n ${ip} as permitted sender`],
    softfail: [
      "SoftFail",
      `domain of transitioning\r\n ${domain} discourages use of ${ip} as permitted sender`,
    ],
    neutral: ["Neutral", `${ip} is neither permitted nor denied by domain of\r\n ${domain}`],
    none: ["None", `${domain} does not designate\r\n permitted sender hosts`],
    permerror: ["PermError", `domain of ${domain} used an invalid\r\n SPF mechanism`],
  };
  const [keyword, reason] = said[result] ?? ["TempError", `error in processing of ${domain}`];
  const tail = `\r\n receiver=protection.outlook.com; client-ip=${ip}; helo=${helo};`;
  const comment = `${keyword} (protection.outlook.com: ${reason})`;
  if (result === "pass") return `${comment}${tail} pr=C`;
  return result === "none" ? comment : `${comment}${tail}`;
}
