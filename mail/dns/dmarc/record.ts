import type { Problem } from "../../problem.ts";
import { isPrintable, readTags, type Tag, type TagFault, trimmed } from "../tagList.ts";
import { readReportUris } from "./reports.ts";

/** What a domain's owner asks receivers to do with mail that fails, the weakest first. */
export const DMARC_POLICIES = ["none", "quarantine", "reject"] as const;
export type DmarcPolicy = (typeof DMARC_POLICIES)[number];

/** How exactly domains have to agree: `r` for the organisation's, `s` for the very same. */
export type Alignment = "r" | "s";

/** What a DMARC record says. What is missing or can't be read stands as its default. */
export interface ParsedDmarc {
  /** All tags in their order, unknown ones too; names in lower case. */
  readonly tags: readonly Tag[];
  /** Undefined when the record names no policy. */
  readonly policy: DmarcPolicy | undefined;
  /** Policy of subdomains; the domain's own by default. */
  readonly subdomainPolicy: DmarcPolicy | undefined;
  /** Policy of subdomains that do not exist; that of subdomains by default. */
  readonly nonexistentPolicy: DmarcPolicy | undefined;
  readonly adkim: Alignment;
  readonly aspf: Alignment;
  /** Whether receivers only test the policy (`t=y`). */
  readonly testing: boolean;
  /** Whether its domain is a public suffix (`y`), an organizational domain (`n`), or one of them unknown (`u`). */
  readonly psd: "y" | "n" | "u";
  /** RFC 7489's share of mail that the policy is applied to; many receivers still read it. */
  readonly pct: number;
  readonly problems: readonly TagFault[];
}

/** Tags of RFC 7489 that RFC 9989 removed. */
const OBSOLETE = ["pct", "rf", "ri"];

const POLICY = /^(none|quarantine|reject)$/;
const POLICY_FIX = 'write "none", "quarantine" or "reject"';

/** What the value of a tag may be, by the tag's name. */
const VALUES: Readonly<Record<string, readonly [pattern: RegExp, fix: string]>> = {
  p: [POLICY, POLICY_FIX],
  sp: [POLICY, POLICY_FIX],
  np: [POLICY, POLICY_FIX],
  adkim: [/^[rs]$/, 'write "r" or "s"'],
  aspf: [/^[rs]$/, 'write "r" or "s"'],
  psd: [/^[ynu]$/, 'write "y", "n" or "u", or remove it'],
  t: [/^[yn]$/, 'write "y" or "n"'],
  fo: [/^[01ds](:[01ds])*$/, 'write "0", "1", "d", "s", or several with colons'],
  pct: [/^(100|[1-9]?\d)$/, "remove it"],
};

/**
 * Whether receivers take a TXT record's text for DMARC: `v=DMARC1` comes first, in these letters.
 *
 * @see RFC 9989 section 4.7 (v)
 */
export function isDmarc(text: string): boolean {
  return /^v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/.test(text.replace(/^V/, "v"));
}

/**
 * Reads a DMARC record.
 *
 * @see RFC 9989 section 4.7 (tags) and section 4.8 (ABNF)
 */
export function parseDmarc(text: string): ParsedDmarc {
  const rawTags = readTags(text);
  const tags = rawTags.map((tag) => ({ ...tag, name: tag.name.toLowerCase() }));
  const tagValue = (name: string) => allowed(tags.find((tag) => tag.name === name));
  const policyOf = (name: string) => DMARC_POLICIES.find((policy) => policy === tagValue(name));
  const policy = policyOf("p");
  const subdomainPolicy = policyOf("sp") ?? policy;
  return {
    tags,
    policy,
    subdomainPolicy,
    nonexistentPolicy: policyOf("np") ?? subdomainPolicy,
    adkim: tagValue("adkim") === "s" ? "s" : "r",
    aspf: tagValue("aspf") === "s" ? "s" : "r",
    testing: tagValue("t") === "y",
    psd: (["y", "n"] as const).find((one) => one === tagValue("psd")) ?? "u",
    pct: Number(tagValue("pct") ?? 100),
    problems: [...versionFaults(text), ...policyFaults(text, tags), ...tagsFaults(rawTags)],
  };
}

/** A tag's value in lower case, when it may be that. */
function allowed(tag: Tag | undefined): string | undefined {
  const value = tag?.value.toLowerCase() ?? "";
  return VALUES[tag?.name ?? ""]?.[0].test(value) ? value : undefined;
}

function versionFaults(text: string): TagFault[] {
  if (isDmarc(text)) return [];
  const rule = "does not begin with v=DMARC1, so receivers see no DMARC record";
  return [{ severity: "error", text, rule, fix: 'begin the record with "v=DMARC1;"' }];
}

function policyFaults(text: string, tags: readonly Tag[]): TagFault[] {
  if (tags.some(({ name }) => name === "p")) return [];
  const fix = 'add "p=none", "p=quarantine" or "p=reject" after the version';
  return [{ severity: "error", text, rule: "names no policy", fix }];
}

function tagsFaults(tags: readonly Tag[]): TagFault[] {
  const seen = new Set<string>();
  return tags.flatMap((tag) => {
    const name = tag.name.toLowerCase();
    const again = seen.has(name);
    seen.add(name);
    return tagFaults(tag, name, again);
  });
}

function tagFaults(tag: Tag, name: string, again: boolean): TagFault[] {
  const text = trimmed(tag.text);
  const fault = (severity: TagFault["severity"], rule: string, fix: string): TagFault[] => [
    { severity, text, rule, fix },
  ];
  if (tag.name === "") return fault("warning", "is not a tag", "write name=value, or remove it");
  if (!isPrintable(text)) {
    return fault("error", "has characters that are not ASCII", "write it with ASCII characters");
  }
  if (again) return fault("error", `is the second ${name}=`, "leave one of them in the record");
  if (name !== "v" && name !== tag.name) {
    return fault("warning", "has capital letters in its name", `write "${name}="`);
  }
  return valueFaults({ ...tag, name }, text);
}

function valueFaults(tag: Tag, text: string): TagFault[] {
  const { name, value } = tag;
  const rule = VALUES[name];
  if (rule !== undefined && allowed(tag) === undefined) {
    const severity = rule[0] === POLICY ? "error" : "warning";
    return [{ severity, text, rule: "has a value that is not known", fix: rule[1] }];
  }
  if (OBSOLETE.includes(name)) {
    const fix = "remove it when you change the record";
    return [{ severity: "warning", text, rule: "is not a tag of DMARC any more (RFC 9989)", fix }];
  }
  return name === "rua" || name === "ruf" ? uriFaults(name, value) : [];
}

function uriFaults(name: string, value: string): TagFault[] {
  return readReportUris(value).flatMap(({ text, isUri, address, size }): TagFault[] => {
    const warning = (rule: string, fix: string): TagFault[] => [
      { severity: "warning", text, rule: `in ${name} ${rule}`, fix },
    ];
    if (!isUri && text.includes("@")) {
      return warning(
        "is not a URI, so no report is sent there",
        'write "mailto:" before the address',
      );
    }
    if (!isUri || address === undefined) {
      const fix = 'name an address, e.g. "mailto:dmarc@contoso.com"';
      return warning("is not an address that reports can be sent to", fix);
    }
    if (size !== undefined) {
      return warning("has a size limit, which receivers ignore", `remove "!${size}"`);
    }
    return [];
  });
}

/**
 * Says why receivers find no DMARC policy at a domain: two records, no policy, tags twice.
 *
 * @param key where it stands, e.g. `DMARC of contoso.com`
 * @param records the texts of the TXT records at `_dmarc`; those that are not DMARC are passed over
 * @see RFC 9989 section 4.10 (policy discovery)
 */
export function dmarcProblems(key: string, records: readonly string[]): Problem[] {
  const found = records.filter(isDmarc);
  if (found.length > 1) {
    const rule = `are ${found.length} DMARC records at one name, so receivers use none of them`;
    return [{ key, value: found, rule, fix: "remove all but one" }];
  }
  return found
    .flatMap((text) => parseDmarc(text).problems)
    .filter(({ severity }) => severity === "error")
    .map(({ text, rule, fix }) => ({ key, value: text, rule, fix }));
}
