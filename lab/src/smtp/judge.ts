import type { AuthenticateResult } from "mailauth";
import { lookUp } from "../dns/lookUp.ts";
import type { DnsRecord } from "../dns/record.ts";
import { loadMailauth } from "../mailauth.ts";
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
