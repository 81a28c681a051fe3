import type { AuthenticateResult } from "mailauth";
import { lookUp } from "../dns/lookUp.ts";
import type { DnsRecord } from "../dns/record.ts";
import type { World } from "../world/world.ts";
import { domainOf } from "./message.ts";

/** A message and how it came. */
export interface Judged {
  /** One char a byte (latin1). */
  raw: string;
  /** Envelope sender; empty for the null sender. */
  sender: string;
  clientAddress: string;
  helo: string;
  at: Date;
}

/** What Exchange found out about the origin of a message (RFC 7208, RFC 6376, RFC 9989). */
export interface Judgement {
  /** Result of SPF, for the domain of the envelope sender, or of EHLO where that is empty. */
  spf: string;
  /** Of the first signature; undefined without one. */
  dkim: { result: string; comment: string; domain: string } | undefined;
  dmarc: { result: string; policy: string };
}

/** Judges a message with mailauth against the lab's DNS. */
export async function judge(
  { raw, sender, clientAddress, helo, at }: Judged,
  world: World,
): Promise<Judgement> {
  const { authenticate } = await loadMailauth();
  const result = await authenticate(Buffer.from(raw, "latin1"), {
    ip: clientAddress,
    helo,
    sender,
    mta: world.tenant.servers.frontEnd,
    resolver: async (name, type) => ask(world, at, name, type),
    strict: true,
    disableArc: true,
    disableBimi: true,
  });
  const [signature] = result.dkim.results.filter(({ signingDomain }) => signingDomain);
  return {
    spf: result.spf ? result.spf.status.result : "none",
    dkim: signature && {
      result: signature.status.result,
      comment: signature.status.comment ?? "",
      domain: signature.signingDomain ?? "",
    },
    dmarc: dmarcOf(result, sender),
  };
}

/** Exchange's verdict: where a domain has no record, but would pass with one, that is its best guess. */
function dmarcOf({ dmarc, dkim, spf }: AuthenticateResult, sender: string): Judgement["dmarc"] {
  if (!dmarc) return { result: "permerror", policy: "none" };
  const { result, header } = dmarc.status;
  if (result !== "none") return { result, policy: dmarc.policy };
  const from = String(header?.from ?? "");
  const passed = (dkim.results ?? [])
    .filter(({ status }) => status.result === "pass")
    .map(({ signingDomain }) => signingDomain ?? "");
  if (spf && spf.status.result === "pass") passed.push(domainOf(sender));
  const aligns = (domain: string): boolean =>
    domain !== "" && (`.${from}`.endsWith(`.${domain}`) || `.${domain}`.endsWith(`.${from}`));
  return { result: passed.some(aligns) ? "bestguesspass" : "none", policy: "none" };
}

function inNodesForm(record: DnsRecord): unknown {
  if (record.type !== "MX") return record.data;
  return { priority: record.data.preference, exchange: record.data.exchange };
}

/** Asks the lab's DNS without a wire, in the form of node:dns. */
function ask(world: World, at: Date, name: string, type: string): string[] | string[][] {
  const { status, answers } = lookUp(world, at, name, type);
  const found = answers.filter((record) => record.type === type).map(inNodesForm);
  if (status === "NOERROR" && found.length > 0) return found as string[];
  const codes = { NOERROR: "ENODATA", NXDOMAIN: "ENOTFOUND", SERVFAIL: "ESERVFAIL" };
  throw Object.assign(new Error(`${codes[status]} ${name}`), { code: codes[status] });
}

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

/** mailauth, which checks and signs mail. It takes longest of all to load, so the first message does that. */
export function loadMailauth(): Promise<typeof import("mailauth")> {
  return import("mailauth");
}
