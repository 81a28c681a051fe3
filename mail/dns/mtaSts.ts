import type { Problem } from "../problem.ts";
import { canonicalDomain } from "../senders/domain.ts";
import { readTags } from "./tagList.ts";

/** What senders do with mail that they can't hand over with TLS. */
export const MTA_STS_MODES = ["enforce", "testing", "none"] as const;
export type MtaStsMode = (typeof MTA_STS_MODES)[number];

/** What a domain promises of the mail servers that it receives with. */
export interface MtaStsPolicy {
  readonly mode: MtaStsMode;
  /** Hosts; `*.` stands for one label. */
  readonly mx: readonly string[];
  /** Seconds that senders keep the policy. */
  readonly maxAge: number;
}

/** A year and a bit, the longest that RFC 8461 allows. */
const LONGEST_AGE = 31_557_600;

/**
 * The TXT record at `_mta-sts`, by which senders see that the policy has changed.
 *
 * @param id up to 32 letters and digits, another one for each change
 * @see RFC 8461 section 3.1
 */
export function formatMtaSts(id: string): string {
  if (!isId(id)) throw new Error(`MTA-STS id "${id}" is not 1 to 32 letters and digits`);
  return `v=STSv1; id=${id};`;
}

/** The id of an MTA-STS record; undefined when a text is none. */
export function parseMtaSts(text: string): { readonly id: string } | undefined {
  const [version, ...tags] = readTags(text);
  const [id, second] = tags.filter(({ name }) => name === "id");
  if (version?.name !== "v" || version.value !== "STSv1" || version.position !== 0)
    return undefined;
  return id === undefined || second !== undefined || !isId(id.value) ? undefined : { id: id.value };
}

function isId(id: string): boolean {
  return /^[A-Za-z0-9]{1,32}$/.test(id);
}

/**
 * The policy as `https://mta-sts.<domain>/.well-known/mta-sts.txt` serves it.
 *
 * @see RFC 8461 section 3.2
 */
export function mtaStsPolicy({ mode, mx, maxAge }: MtaStsPolicy): string {
  const lines = [
    "version: STSv1",
    `mode: ${mode}`,
    ...mx.map((host) => `mx: ${canonicalDomain(host)}`),
    `max_age: ${maxAge}`,
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

/** Reads a policy; undefined when it is none that senders take. */
export function parseMtaStsPolicy(text: string): MtaStsPolicy | undefined {
  const fields = text
    .split("\n")
    .map((line) => [line, line.indexOf(":")] as const)
    .map(([line, colon]) => [
      line.slice(0, Math.max(colon, 0)).trim(),
      line.slice(colon + 1).trim(),
    ]);
  const told = (name: string) => fields.find(([field]) => field === name)?.[1];
  const mode = MTA_STS_MODES.find((known) => known === told("mode"));
  const mx = fields.flatMap(([field, value = ""]) =>
    field === "mx" ? [canonicalDomain(value)] : [],
  );
  const age = told("max_age") ?? "";
  if (told("version") !== "STSv1" || mode === undefined) return undefined;
  if (!/^\d{1,10}$/.test(age) || Number(age) > LONGEST_AGE) return undefined;
  return mx.length === 0 && mode !== "none" ? undefined : { mode, mx, maxAge: Number(age) };
}

/** What the names of Exchange Online's mail servers end in. */
const EXCHANGE_SUFFIXES = [
  ".mail.protection.outlook.com",
  ".mail.protection.office365.us",
  ".mail.protection.partner.outlook.cn",
  ".mx.microsoft",
];

/**
 * Says that a domain receives mail elsewhere than with Exchange, so that a policy with Exchange's servers would stop
 * its mail. A domain's server may bear its old name and its new one: what comes before the first dot is the same.
 *
 * @param mxHosts the domain's MX records
 * @param tenantMxHost the server that Graph's serviceConfigurationRecords name for the domain
 * @param key where the records stand, for the message
 */
export function mxIsExchange(
  mxHosts: readonly string[],
  tenantMxHost: string,
  key = "MX",
): Problem | undefined {
  const fix = `let the MX record name ${canonicalDomain(tenantMxHost)} alone, or do without MTA-STS and TLS reports`;
  if (mxHosts.length === 0) return { key, value: undefined, rule: "has no record", fix };
  const value = mxHosts.find((host) => !isServerOf(canonicalDomain(host), tenantMxHost));
  if (value === undefined) return undefined;
  return { key, value, rule: "is not the tenant's server of Exchange Online", fix };
}

function isServerOf(host: string, tenantMxHost: string): boolean {
  const tenants = canonicalDomain(tenantMxHost);
  if (host === tenants) return true;
  const sameLabel = host.split(".", 1)[0] === tenants.split(".", 1)[0];
  return sameLabel && EXCHANGE_SUFFIXES.some((suffix) => host.endsWith(suffix));
}
