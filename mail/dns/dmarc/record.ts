import { characterFault } from "../../characters.ts";
import { readTags, type Tag, type TagFault, trimmed } from "../tagList.ts";
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

/**
 * Tags of RFC 7489 that RFC 9989 removed, with their defaults there: a record that spells these out says the same to every receiver.
 *
 * @see RFC 7489 section 6.3 (defaults); RFC 9989 section 4.7 (the tags that there are)
 */
const OBSOLETE: Readonly<Record<string, string>> = { pct: "100", rf: "afrf", ri: "86400" };

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
  return {
    tags,
    ...policiesOf(tags),
    adkim: tagValue("adkim") === "s" ? "s" : "r",
    aspf: tagValue("aspf") === "s" ? "s" : "r",
    testing: tagValue("t") === "y",
    psd: (["y", "n"] as const).find((one) => one === tagValue("psd")) ?? "u",
    pct: Number(tagValue("pct") ?? 100),
    problems: [...versionFaults(text), ...policyFaults(text, tags), ...tagsFaults(rawTags)],
  };
}

/**
 * The policies that receivers go by. A record without a valid `p`, or with an invalid `sp` or `np`, is `p=none` if it
 * names an address for aggregate reports, and no record otherwise.
 *
 * @see RFC 9989 section 4.10.1 (policy discovery); RFC 7489 section 6.6.3 says the same
 */
function policiesOf(
  tags: readonly Tag[],
): Pick<ParsedDmarc, "policy" | "subdomainPolicy" | "nonexistentPolicy"> {
  const tagOf = (name: string) => tags.find((tag) => tag.name === name);
  const policyOf = (name: string) =>
    DMARC_POLICIES.find((policy) => policy === allowed(tagOf(name)));
  const policy = policyOf("p");
  const isUnknown = (name: string) => tagOf(name) !== undefined && policyOf(name) === undefined;
  if (policy === undefined || isUnknown("sp") || isUnknown("np")) {
    const all = isWatched(tags) ? "none" : undefined;
    return { policy: all, subdomainPolicy: all, nonexistentPolicy: all };
  }
  const subdomainPolicy = policyOf("sp") ?? policy;
  return { policy, subdomainPolicy, nonexistentPolicy: policyOf("np") ?? subdomainPolicy };
}

/** Whether a record names a URI that aggregate reports can go to. */
const isWatched = (tags: readonly Tag[]): boolean =>
  tags.some(
    ({ name, value }) => name === "rua" && readReportUris(value).some(({ isUri }) => isUri),
  );

/** A tag's value in lower case, when it may be that. */
function allowed(tag: Tag | undefined): string | undefined {
  const value = tag?.value.toLowerCase() ?? "";
  return VALUES[tag?.name ?? ""]?.[0].test(value) ? value : undefined;
}

/** A tag's value, in lower case where it is a word of DMARC's; undefined where receivers don't know it. */
export function validValue(tag: Tag): string | undefined {
  return VALUES[tag.name] === undefined ? tag.value : allowed(tag);
}

/**
 * Whether two records say the same to receivers, whatever the order of their tags, their letter case and spaces, and
 * defaults that one of them spells out. Tags that are not known count too, as somebody may read them.
 */
export function isSameDmarc(one: string, other: string): boolean {
  if (one === other) return true;
  if (!isDmarc(one) || !isDmarc(other)) return false;
  const [first, second] = [meaningOf(one), meaningOf(other)];
  return [first, second].every((meaning) =>
    Object.keys(meaning).every((name) => first[name] === second[name]),
  );
}

function meaningOf(text: string): Readonly<Record<string, string | undefined>> {
  const { tags, policy, subdomainPolicy, nonexistentPolicy, problems, ...rest } = parseDmarc(text);
  const { adkim, aspf, testing, psd, pct } = rest;
  const known = { p: policy, sp: subdomainPolicy, np: nonexistentPolicy, adkim, aspf, psd };
  const others = tags
    .filter(({ name }) => !(name in known) && !["v", "t", "pct", ""].includes(name))
    .map((tag) => [tag.name, otherValue(tag)] as const)
    .filter(([name, value]) => value !== (DEFAULTS[name] ?? ""));
  return { ...Object.fromEntries(others), ...known, t: `${testing}`, pct: `${pct}` };
}

/** What a tag means that is left out, of those that are texts here (RFC 7489 section 6.3 for the obsolete ones). */
const DEFAULTS: Readonly<Record<string, string>> = { fo: "0", rf: "afrf", ri: "86400" };

function otherValue(tag: Tag): string {
  const value = validValue(tag) ?? "";
  if (tag.name === "fo") return [...new Set(value.split(":"))].toSorted().join(":");
  if (tag.name !== "rua" && tag.name !== "ruf") return value;
  const places = readReportUris(tag.value).map(
    ({ address, text }) => address?.toLowerCase() ?? text,
  );
  return [...new Set(places)].toSorted().join(",");
}

function versionFaults(text: string): TagFault[] {
  if (isDmarc(text)) return [];
  const rule = "does not begin with v=DMARC1, so receivers see no DMARC record";
  return [{ severity: "error", text, rule, fix: 'begin the record with "v=DMARC1;"' }];
}

/** What receivers make of a record without a policy that they know. */
export const AS_NONE = ", so receivers take the record for p=none";

function policyFaults(text: string, tags: readonly Tag[]): TagFault[] {
  if (tags.some(({ name }) => name === "p")) return [];
  const fix = 'add "p=none", "p=quarantine" or "p=reject" after the version';
  return isWatched(tags)
    ? [{ severity: "warning", text, rule: `names no policy${AS_NONE}`, fix }]
    : [{ severity: "error", text, rule: "names no policy", fix }];
}

function tagsFaults(tags: readonly Tag[]): TagFault[] {
  const seen = new Set<string>();
  const watched = isWatched(tags.map((tag) => ({ ...tag, name: tag.name.toLowerCase() })));
  return tags.flatMap((tag) => {
    const name = tag.name.toLowerCase();
    const again = seen.has(name);
    seen.add(name);
    return tagFaults(tag, name, again).map((fault) =>
      watched && fault.severity === "error" && fault.rule === UNKNOWN_VALUE
        ? { ...fault, severity: "warning", rule: `${UNKNOWN_VALUE}${AS_NONE}` }
        : fault,
    );
  });
}

const UNKNOWN_VALUE = "has a value that is not known";

function tagFaults(tag: Tag, name: string, again: boolean): TagFault[] {
  const text = trimmed(tag.text);
  const fault = (severity: TagFault["severity"], rule: string, fix: string): TagFault[] => [
    { severity, text, rule, fix },
  ];
  if (tag.name === "") return fault("warning", "is not a tag", "write name=value, or remove it");
  if (again) return fault("error", `is the second ${name}=`, "leave one of them in the record");
  const odd = characterFault(text.replace(/[\t\r\n]/g, " "));
  const isCapital = name !== "v" && name !== tag.name;
  return [
    ...(odd === undefined ? [] : fault("warning", odd, "write it with ASCII characters")),
    ...(isCapital ? fault("warning", "has capital letters in its name", `write "${name}="`) : []),
    ...valueFaults({ ...tag, name }, text),
  ];
}

function valueFaults(tag: Tag, text: string): TagFault[] {
  const { name, value } = tag;
  const rule = VALUES[name];
  if (rule !== undefined && allowed(tag) === undefined) {
    const severity = rule[0] === POLICY ? "error" : "warning";
    return [{ severity, text, rule: UNKNOWN_VALUE, fix: rule[1] }];
  }
  const usual = OBSOLETE[name];
  if (usual !== undefined && value.toLowerCase() !== usual) {
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
